/* Clocks and calendars: each function in its good and its bad case. */
#include "check.h"
#include <motcua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether a text holds a part; frees it. */
static bool told(motcua_text *text, const char *part) {
    bool holds = text->data != NULL && strstr(text->data, part) != NULL;
    if (!holds) fprintf(stderr, "no %s in %s\n", part, text->data == NULL ? "nothing" : text->data);
    motcua_text_free(text);
    return holds;
}

/* Whether a call failed with a code; frees the error. */
static bool refused(motcua_status status, motcua_error **error, const char *code) {
    motcua_str found = motcua_error_code(*error);
    bool right = status != MOTCUA_OK && found.len == strlen(code) && memcmp(found.data, code, found.len) == 0;
    if (!right) fprintf(stderr, "status %d, %.*s, expected %s\n", status, (int)found.len, found.data, code);
    motcua_error_free(*error);
    *error = NULL;
    return right;
}

static motcua_moment at(uint32_t month, uint32_t day, uint32_t hour) {
    motcua_moment moment = {2026, month, day, hour, 0, 0};
    return moment;
}

static motcua_str str(const char *text) { return motcua_str_of(text); }

static bool due_on(const motcua_clock *clock, const motcua_calendar *calendar, uint32_t month, uint32_t day) {
    motcua_due due;
    bool done = motcua_clock_due(clock, calendar, &due, NULL) == MOTCUA_OK;
    return done && due.kind == MOTCUA_DUE_AT && due.at.month == month && due.at.day == day && due.at.hour == 17;
}

static void clocks(const motcua_calendar *calendar) {
    motcua_error *error = NULL;
    motcua_text text = {NULL, 0};
    motcua_clock *clock = NULL;
    motcua_rule rule;
    memset(&rule, 0, sizeof rule);
    rule.limit = str("10 working_day");
    CHECK(refused(motcua_clock_new(NULL, at(6, 1, 9), &clock, &error), &error, "c.argument"));
    rule.day_parts = 9;
    CHECK(refused(motcua_clock_new(&rule, at(6, 1, 9), &clock, &error), &error, "c.argument"));
    rule.day_parts = MOTCUA_HALF_DAYS;
    CHECK(motcua_clock_new(&rule, at(6, 1, 9), &clock, &error) == MOTCUA_OK);
    CHECK(due_on(clock, calendar, 6, 15));

    CHECK(motcua_clock_incident(clock, at(6, 3, 9), str("supplement-118-2025"), str(""), &error) == MOTCUA_OK);
    motcua_due due;
    CHECK(motcua_clock_due(clock, calendar, &due, NULL) == MOTCUA_OK && due.kind == MOTCUA_DUE_SUSPENDED);
    CHECK(motcua_clock_report(clock, calendar, at(6, 4, 9), false, &text, &error) == MOTCUA_OK);
    CHECK(told(&text, "\"lapses\":\"2026-06-18T23:59:59+07:00\""));
    CHECK(motcua_clock_change(clock, at(6, 5, 9), str("{\"resume\": {\"suspension\": 0}}"), &error) == MOTCUA_OK);
    CHECK(due_on(clock, calendar, 6, 19));
    motcua_status status = motcua_clock_change(clock, at(6, 5, 9), str("{\"resume\": {\"suspension\": 0}}"), &error);
    CHECK(refused(status, &error, "deadline.not_suspended"));
    CHECK(refused(motcua_clock_change(clock, at(6, 5, 9), str("{\"forget\": 1}"), &error), &error, "c.argument"));
    status = motcua_clock_incident(clock, at(6, 5, 9), str("verify-parentage"), str("6 working_day"), &error);
    CHECK(refused(status, &error, "deadline.extension_too_long"));
    CHECK(motcua_clock_incident(clock, at(6, 5, 9), str("verify-parentage"), str("5 working_day"), &error) == MOTCUA_OK);
    CHECK(due_on(clock, calendar, 6, 26));
    status = motcua_clock_reappoint(clock, at(6, 26, 9), at(7, 3, 17), str("chờ"), calendar, &error);
    CHECK(refused(status, &error, "deadline.apology_late"));
    CHECK(motcua_clock_reappoint(clock, at(6, 25, 9), at(7, 3, 17), str("chờ"), calendar, &error) == MOTCUA_OK);
    CHECK(due_on(clock, calendar, 7, 3));

    const char *late = "{\"suspend\": {\"reason\": \"sự cố\", \"policy\": \"pause\"}}";
    CHECK(motcua_clock_record(clock, at(6, 26, 9), at(6, 29, 9), str(late), calendar, &text, &error) == MOTCUA_OK);
    CHECK(told(&text, "\"after\":\"suspended\""));
    status = motcua_clock_record(clock, at(6, 27, 9), at(6, 26, 9), str("\"stop\""), calendar, &text, &error);
    CHECK(refused(status, &error, "deadline.recorded"));
    const char *end = "{\"resume\": {\"suspension\": 1}}";
    CHECK(motcua_clock_record(clock, at(6, 29, 9), at(6, 29, 9), str(end), calendar, &text, &error) == MOTCUA_OK);
    CHECK(told(&text, "\"cause\":\"shifted\"") && due_on(clock, calendar, 7, 6));
    CHECK(motcua_clock_change(clock, at(7, 6, 9), str("\"stop\""), &error) == MOTCUA_OK);
    CHECK(motcua_clock_report(clock, calendar, at(7, 7, 9), true, &text, &error) == MOTCUA_OK);
    CHECK(told(&text, "\"phase\":\"stopped\""));
    CHECK(motcua_clock_explain(clock, calendar, MOTCUA_SVG, &text, &error) == MOTCUA_OK && told(&text, "<svg"));
    CHECK(motcua_clock_explain(clock, calendar, MOTCUA_VIETNAMESE, &text, &error) == MOTCUA_OK);
    CHECK(told(&text, "xin lỗi và hẹn lại"));
    CHECK(refused(motcua_clock_parse(str("{}"), &clock, &error), &error, "c.argument"));
    motcua_clock_free(clock);
    motcua_clock_free(NULL);

    CHECK(motcua_incidents(&text, &error) == MOTCUA_OK && told(&text, "\"supplement-118-2025\""));
    CHECK(motcua_time_limit_read(str("Không quá 20 ngày (không kể thời gian niêm yết)"), &text, &error) == MOTCUA_OK);
    CHECK(told(&text, "\"excluded\":\"không kể thời gian niêm yết\""));
    CHECK(refused(motcua_time_limit_read(str("05 làm việc"), &text, &error), &error, "deadline.unclear"));
}

static void tables(const motcua_calendar *calendar) {
    motcua_error *error = NULL;
    motcua_limit_table *table = NULL;
    motcua_clock *clock = NULL;
    const char *limits = "[[limit]]\nlimit = \"24 hour\"\nanchor = \"arrival\"\ndirection = \"before\"\n"
                         "source = \"x\"\nverified = false\n";
    motcua_status status = motcua_limit_table_load(str("limits.toml"), str("[[limit]]\n"), &table, &error);
    CHECK(refused(status, &error, "file.form"));
    CHECK(motcua_limit_table_load(str("limits.toml"), str(limits), &table, &error) == MOTCUA_OK);
    const char *arrival = "{\"on\": \"2026-06-05\", \"events\": {\"arrival\": \"2026-06-08T09:00:00+07:00\"}}";
    CHECK(motcua_limit_table_clock(table, str(arrival), &clock, &error) == MOTCUA_OK);
    motcua_due due;
    CHECK(motcua_clock_due(clock, calendar, &due, &error) == MOTCUA_OK && due.at.day == 7 && due.at.hour == 9);
    status = motcua_limit_table_clock(table, str("{\"on\": \"2026-06-05\"}"), &clock, &error);
    CHECK(refused(status, &error, "deadline.anchor_missing"));
    motcua_clock_free(clock);
    motcua_limit_table_free(table);
    motcua_limit_table_free(NULL);
}

static void calendars(const motcua_calendar *calendar) {
    motcua_error *error = NULL;
    motcua_text text = {NULL, 0};
    motcua_calendar *known = NULL, *made_up = NULL, *unit = NULL;
    motcua_date new_year = {2026, 1, 2}, eve = {2025, 12, 24};
    CHECK(motcua_calendar_day(calendar, new_year, &text, &error) == MOTCUA_OK);
    CHECK(told(&text, "\"kind\":\"swapped_off\""));
    motcua_date announced;
    CHECK(motcua_calendar_announced_to(calendar, &announced, &error) == MOTCUA_OK && announced.year == 2027);
    CHECK(motcua_calendar_as_known_on(calendar, eve, &known, &error) == MOTCUA_OK);
    CHECK(motcua_calendar_announced_to(known, &announced, &error) == MOTCUA_OK && announced.year == 2026);
    CHECK(motcua_calendar_day(known, new_year, &text, &error) == MOTCUA_OK && told(&text, "\"kind\":\"working\""));
    CHECK(motcua_calendar_changes(known, calendar, &text, &error) == MOTCUA_OK && told(&text, "12729/VPCP-KGVX"));
    motcua_clock *clock = NULL;
    motcua_rule rule;
    memset(&rule, 0, sizeof rule);
    rule.limit = str("1 working_day");
    motcua_moment last = {2025, 12, 31, 9, 0, 0};
    CHECK(motcua_clock_new(&rule, last, &clock, &error) == MOTCUA_OK);
    CHECK(motcua_clock_compare(clock, known, calendar, &text, &error) == MOTCUA_OK && told(&text, "\"because\":[{"));
    motcua_clock_free(clock);

    CHECK(motcua_calendar_questions(calendar, &text, &error) == MOTCUA_OK && told(&text, "culture-day-made-up"));
    CHECK(motcua_calendar_answering(calendar, str("culture-day-made-up"), str("yes"), &made_up, &error) == MOTCUA_OK);
    motcua_date monday = {2029, 11, 26};
    CHECK(motcua_calendar_day(made_up, monday, &text, &error) == MOTCUA_OK && told(&text, "\"compensatory\""));
    motcua_status status = motcua_calendar_answering(calendar, str("x"), str("yes"), &made_up, &error);
    CHECK(refused(status, &error, "calendar.question"));

    const char *saturdays = "[[source]]\nid = \"x\"\nact = \"x\"\nknown_since = 2026-01-01\nurl = \"x\"\nverified = false\n"
                            "[[open]]\nfrom = 2026-01-01\nweekdays = [\"sat\"]\nopen = [\"07:30-11:30\"]\n"
                            "working_day = false\nsource = \"x\"\n";
    CHECK(motcua_calendar_for_unit(calendar, str("unit.toml"), str(saturdays), &unit, &error) == MOTCUA_OK);
    bool open = false;
    CHECK(motcua_calendar_is_open(unit, at(6, 6, 8), &open, &error) == MOTCUA_OK && open);
    CHECK(motcua_calendar_is_open(calendar, at(6, 6, 8), &open, &error) == MOTCUA_OK && !open);
    status = motcua_calendar_for_unit(calendar, str("unit.toml"), str("[[x]]\n"), &unit, &error);
    CHECK(refused(status, &error, "file.unknown_key"));
    motcua_calendar_free(known);
    motcua_calendar_free(made_up);
    motcua_calendar_free(unit);
}

int main(void) {
    motcua_calendar *calendar = NULL;
    CHECK(motcua_calendar_vietnam(&calendar, NULL) == MOTCUA_OK);
    clocks(calendar);
    tables(calendar);
    calendars(calendar);
    motcua_calendar_free(calendar);
    if (failures == 0) puts("C: clocks and calendars passed");
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
