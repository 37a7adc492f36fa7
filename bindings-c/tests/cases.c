/* The worked cases of tests/data/due-cases.tsv, each through a clock; and columns of dates, moments and due dates. */
#include "check.h"
#include <motcua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 14
enum { ID, LIMIT, START, DIRECTION, CUT_OFF, DAY_PARTS, END, SUSPENSIONS, SECOND_STAGE, EXTENSIONS, KNOWN_ON, EXPECTED };

static bool given(const char *cell) { return strcmp(cell, "-") != 0; }

static motcua_moment moment_of(const char *text) {
    motcua_moment at = {0, 0, 0, 0, 0, 0};
    int year = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
    sscanf(text, "%d-%u-%u %u:%u:%u", &year, &month, &day, &hour, &minute, &second);
    at.year = year;
    at.month = month;
    at.day = day;
    at.hour = hour;
    at.minute = minute;
    at.second = second;
    return at;
}

static bool change(motcua_clock *clock, motcua_moment at, const char *what) {
    motcua_error *error = NULL;
    bool done = motcua_clock_change(clock, at, motcua_str_of(what), &error) == MOTCUA_OK;
    if (!done) {
        motcua_str message = motcua_error_message(error);
        fprintf(stderr, "%s: %.*s\n", what, (int)message.len, message.data);
    }
    motcua_error_free(error);
    return done;
}

/* A moment that sorts as its time does. */
static long long key(const char *text) {
    motcua_moment at = moment_of(text);
    return ((((at.year * 100LL + at.month) * 100 + at.day) * 100 + at.hour) * 100 + at.minute) * 100 + at.second;
}

/* What happens to a clock: a suspension begins, or the one of a number ends. */
typedef struct {
    const char *at;
    const char *policy;
    int begins;
    int order;
} event;

static int by_time(const void *a, const void *b) {
    const event *first = a, *second = b;
    long long difference = key(first->at) - key(second->at);
    if (difference == 0) difference = first->order - second->order;
    return difference < 0 ? -1 : difference > 0;
}

static bool suspend(motcua_clock *clock, char *cell, char *last) {
    event events[32];
    int count = 0, number = 0, numbers[32];
    char *rest = NULL;
    for (char *span = strtok_r(cell, "|", &rest); span != NULL; span = strtok_r(NULL, "|", &rest)) {
        char *to = strchr(span, '~');
        *to++ = 0;
        char *policy = strchr(to, '~');
        *policy++ = 0;
        events[count] = (event){span, policy, 1, count};
        count++;
        if (*to != 0) {
            events[count] = (event){to, policy, 0, count};
            count++;
        }
    }
    /* The end of a suspension is the entry after its beginning; numbers follow the order in which they begin. */
    qsort(events, (size_t)count, sizeof *events, by_time);
    for (int i = 0; i < count; i++) {
        char what[256];
        if (events[i].begins) {
            numbers[events[i].order] = number++;
            snprintf(what, sizeof what, "{\"suspend\": {\"reason\": \"chờ\", \"policy\": \"%s\"}}", events[i].policy);
        } else {
            snprintf(what, sizeof what, "{\"resume\": {\"suspension\": %d}}", numbers[events[i].order - 1]);
        }
        if (!change(clock, moment_of(events[i].at), what)) return false;
        strcpy(last, events[i].at);
    }
    return true;
}

/* A suspension that begins before the clock does cannot be told to it live; the call with whole ones takes it. */
static bool early(const char *start, const char *cell) { return given(cell) && key(cell) < key(start); }

static void one_case(char **cells, const motcua_calendar *vietnam) {
    motcua_error *error = NULL;
    motcua_cut_off cut_off = {0, 0, 0};
    motcua_rule rule;
    memset(&rule, 0, sizeof rule);
    rule.limit = motcua_str_of(cells[LIMIT]);
    if (given(cells[CUT_OFF])) {
        unsigned hour = 0, minute = 0;
        char effect[64] = "";
        sscanf(cells[CUT_OFF], "%u:%u %63s", &hour, &minute, effect);
        cut_off.hour = hour;
        cut_off.minute = minute;
        cut_off.effect = strcmp(effect, "due_next_working_day") == 0          ? MOTCUA_DUE_NEXT_WORKING_DAY
                         : strcmp(effect, "count_from_next_working_day") == 0 ? MOTCUA_COUNT_FROM_NEXT_WORKING_DAY
                                                                              : MOTCUA_FORWARD_NEXT_WORKING_DAY;
        rule.cut_off = &cut_off;
    }
    if (strcmp(cells[DAY_PARTS], "office_minutes") == 0) rule.day_parts = MOTCUA_OFFICE_MINUTES;
    if (strcmp(cells[DAY_PARTS], "eight_hours") == 0) rule.day_parts = MOTCUA_EIGHT_HOURS;
    if (strcmp(cells[END], "midnight") == 0) rule.day_end = MOTCUA_MIDNIGHT;
    if (strcmp(cells[DIRECTION], "before") == 0) rule.direction = MOTCUA_BEFORE;
    if (given(cells[SECOND_STAGE])) rule.second_stage = motcua_str_of(cells[SECOND_STAGE]);

    motcua_calendar *known = NULL;
    if (given(cells[KNOWN_ON])) {
        motcua_moment on = moment_of(cells[KNOWN_ON]);
        motcua_date date = {on.year, on.month, on.day};
        CHECK(motcua_calendar_as_known_on(vietnam, date, &known, NULL) == MOTCUA_OK);
    }
    const motcua_calendar *calendar = known == NULL ? vietnam : known;

    motcua_due due;
    memset(&due, 0, sizeof due);
    if (early(cells[START], cells[SUSPENSIONS])) {
        motcua_suspension one;
        memset(&one, 0, sizeof one);
        char *to = strchr(cells[SUSPENSIONS], '~') + 1;
        one.from = moment_of(cells[SUSPENSIONS]);
        one.to = moment_of(to);
        one.ended = true;
        one.policy = MOTCUA_PAUSE;
        CHECK(strchr(to, '|') == NULL && strstr(to, "~pause") != NULL && rule.cut_off == NULL);
        CHECK(motcua_due_date(calendar, rule.limit, moment_of(cells[START]), NULL, &one, 1, &due, &error) == MOTCUA_OK);
    } else {
        motcua_clock *clock = NULL, *copy = NULL;
        char last[64];
        strcpy(last, cells[START]);
        CHECK(motcua_clock_new(&rule, moment_of(cells[START]), &clock, &error) == MOTCUA_OK);
        if (given(cells[SUSPENSIONS])) CHECK(suspend(clock, cells[SUSPENSIONS], last));
        char *rest = NULL;
        for (char *by = given(cells[EXTENSIONS]) ? strtok_r(cells[EXTENSIONS], "|", &rest) : NULL; by != NULL;
             by = strtok_r(NULL, "|", &rest)) {
            char what[256];
            snprintf(what, sizeof what, "{\"extend\": {\"by\": \"%s\", \"kind\": \"fixed\", \"reason\": \"x\"}}", by);
            CHECK(change(clock, moment_of(last), what));
        }
        /* A clock that is written and read is the same clock. */
        motcua_text text = {NULL, 0};
        CHECK(motcua_clock_json(clock, &text, NULL) == MOTCUA_OK);
        CHECK(motcua_clock_parse(motcua_str_of(text.data), &copy, &error) == MOTCUA_OK);
        motcua_text_free(&text);
        CHECK(motcua_clock_due(copy, calendar, &due, &error) == MOTCUA_OK);
        motcua_clock_free(clock);
        motcua_clock_free(copy);
    }
    bool right = false;
    if (strcmp(cells[EXPECTED], "suspended") == 0) right = due.kind == MOTCUA_DUE_SUSPENDED;
    else if (strcmp(cells[EXPECTED], "not_stated") == 0) right = due.kind == MOTCUA_DUE_NOT_STATED;
    else if (strcmp(cells[EXPECTED], "unknown") == 0) right = due.kind == MOTCUA_DUE_UNKNOWN;
    else {
        char found[64];
        snprintf(found, sizeof found, "%04d-%02u-%02u %02u:%02u:%02u", due.at.year, due.at.month, due.at.day, due.at.hour,
                 due.at.minute, due.at.second);
        right = due.kind == MOTCUA_DUE_AT && key(found) == key(cells[EXPECTED]);
        if (!right) fprintf(stderr, "%s: %s, expected %s\n", cells[ID], found, cells[EXPECTED]);
    }
    if (!right) failures++;
    motcua_error_free(error);
    motcua_calendar_free(known);
}

static void cases(const char *path, const motcua_calendar *calendar) {
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    if (file == NULL) return;
    char line[4096];
    int count = 0;
    CHECK(fgets(line, sizeof line, file) != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        char *cells[COLUMNS], *rest = NULL;
        int n = 0;
        line[strcspn(line, "\n")] = 0;
        for (char *cell = strtok_r(line, "\t", &rest); cell != NULL && n < COLUMNS; cell = strtok_r(NULL, "\t", &rest)) {
            cells[n++] = cell;
        }
        CHECK(n == COLUMNS);
        if (n == COLUMNS) one_case(cells, calendar);
        count++;
    }
    fclose(file);
    CHECK(count >= 120);
    printf("%d worked cases\n", count);
}

static void columns(const motcua_calendar *calendar) {
    motcua_error *error = NULL;
    /* 26/4/2024, 27/4/2024 (a Saturday), nothing, and a day before the calendar. */
    int32_t dates[4] = {19839, 19840, MOTCUA_NO_DATE, 0}, steps[1] = {1}, days[4];
    size_t bad[4] = {9, 9, 9, 9};
    motcua_rows rows = {2, bad, 4, 0};
    motcua_status status =
        motcua_column_add_working_days(calendar, dates, 4, steps, 1, MOTCUA_NOT_COUNTED, &rows, days, &error);
    CHECK(status == MOTCUA_CALENDAR && rows.bad_count == 1 && bad[0] == 3 && bad[1] == 9);
    CHECK(strstr(motcua_error_message(error).data, "row 3") != NULL);
    motcua_error_free(error);
    CHECK(days[0] == 19845 && days[1] == 19845 && days[2] == MOTCUA_NO_DATE && days[3] == MOTCUA_NO_DATE);
    CHECK(motcua_column_add_working_days(calendar, dates, 2, steps, 1, MOTCUA_REFUSE, NULL, days, NULL) == MOTCUA_CALENDAR);
    CHECK(motcua_column_add_working_days(calendar, dates, 2, steps, 1, MOTCUA_BACKWARD, NULL, days, NULL) == MOTCUA_OK);
    CHECK(motcua_column_add_working_days(calendar, dates, 2, steps, 1, 77, NULL, days, NULL) == MOTCUA_ARGUMENT);
    CHECK(motcua_column_add_working_days(calendar, NULL, 2, steps, 1, 0, NULL, days, NULL) == MOTCUA_ARGUMENT);
    CHECK(motcua_column_add_working_days(calendar, dates, 2, steps, 0, 0, NULL, days, NULL) == MOTCUA_ARGUMENT);
    CHECK(motcua_column_add_working_days(calendar, NULL, 0, NULL, 0, 0, NULL, NULL, NULL) == MOTCUA_OK);
    int64_t counts[2];
    CHECK(motcua_column_count_working_days(calendar, dates, days, 2, false, NULL, counts, NULL) == MOTCUA_OK);
    CHECK(counts[0] == 1 && counts[1] == 1);
    CHECK(motcua_column_count_working_days(calendar, dates, days, 2, true, NULL, counts, NULL) == MOTCUA_OK);
    CHECK(counts[0] == 1 && counts[1] == 0);
    /* Friday 5/6/2026 16:00 and eight hours. */
    int64_t at[2] = {1780675200, MOTCUA_NO_MOMENT}, eight[1] = {28800}, due[2];
    CHECK(motcua_column_add_working_seconds(calendar, at, 2, eight, 1, NULL, due, NULL) == MOTCUA_OK);
    CHECK(due[0] == 1780934400 && due[1] == MOTCUA_NO_MOMENT);
    CHECK(motcua_column_count_working_seconds(calendar, at, due, 2, NULL, counts, NULL) == MOTCUA_OK);
    CHECK(counts[0] == 28800 && counts[1] == MOTCUA_NO_MOMENT);
    motcua_rule rules[2];
    memset(rules, 0, sizeof rules);
    rules[0].limit = motcua_str_of("3 working_day");
    rules[0].on_suspension = MOTCUA_PAUSE;
    rules[1].limit = motcua_str_of("không quy định");
    int64_t received[2] = {1780308000, 1780308000}, from[2] = {1780394400, MOTCUA_NO_MOMENT}, to[2] = {1780480800, 0};
    uint16_t which[2] = {0, 1};
    CHECK(motcua_column_due(calendar, received, 2, rules, 2, which, 2, from, to, NULL, due, &error) == MOTCUA_OK);
    CHECK(due[0] == 1780678800 && due[1] == MOTCUA_NO_MOMENT);
    which[1] = 7;
    CHECK(motcua_column_due(calendar, received, 2, rules, 2, which, 2, NULL, NULL, NULL, due, &error) == MOTCUA_DEADLINE);
    motcua_error_free(error);
}

int main(int argc, char **argv) {
    motcua_calendar *calendar = NULL;
    CHECK(argc == 2);
    CHECK(motcua_calendar_vietnam(&calendar, NULL) == MOTCUA_OK);
    if (argc == 2) cases(argv[1], calendar);
    columns(calendar);
    motcua_calendar_free(calendar);
    return failures == 0 ? 0 : 1;
}
