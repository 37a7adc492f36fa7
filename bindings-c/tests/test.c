/* The whole C interface, each function in its good and its bad case. */
#include "check.h"
#include <motcua.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is(motcua_str text, const char *expected) {
    return text.len == strlen(expected) && (text.len == 0 || memcmp(text.data, expected, text.len) == 0);
}

static bool holds(const char *text, const char *part) { return text != NULL && strstr(text, part) != NULL; }

/* The status and the code that are expected; frees the error. */
static bool fails(motcua_status status, motcua_status expected, motcua_error **error, const char *code) {
    bool right = status == expected && is(motcua_error_code(*error), code) && motcua_error_message(*error).len > 10 &&
                 motcua_error_message_vi(*error).len > 10;
    if (!right) {
        motcua_str found = motcua_error_code(*error), message = motcua_error_message(*error);
        fprintf(stderr, "status %d, %.*s: %.*s\n", status, (int)found.len, found.data, (int)message.len, message.data);
    }
    motcua_error_free(*error);
    *error = NULL;
    return right;
}

static motcua_date date(int32_t year, uint32_t month, uint32_t day) {
    motcua_date result = {year, month, day};
    return result;
}

static motcua_moment moment(int32_t year, uint32_t month, uint32_t day, uint32_t hour, uint32_t minute) {
    motcua_moment result = {year, month, day, hour, minute, 0};
    return result;
}

static bool same(motcua_moment a, motcua_moment b) {
    return a.year == b.year && a.month == b.month && a.day == b.day && a.hour == b.hour && a.minute == b.minute &&
           a.second == b.second;
}

static void versions(void) {
    CHECK(motcua_abi_version() == MOTCUA_ABI_VERSION);
    CHECK(MOTCUA_VERSION_MAJOR + MOTCUA_VERSION_MINOR + MOTCUA_VERSION_PATCH > 0);
    CHECK(sizeof(motcua_status) == sizeof(int32_t));
    CHECK(is(motcua_str_of("abc"), "abc") && motcua_str_of(NULL).len == 0);
    CHECK(motcua_error_code(NULL).len == 0 && motcua_error_message(NULL).len == 0);
    motcua_error_free(NULL);
    motcua_text_free(NULL);
    motcua_calendar_free(NULL);
    motcua_engine_free(NULL);
}

static void calendars(const motcua_calendar *calendar) {
    motcua_error *error = NULL;
    motcua_date day;
    CHECK(motcua_calendar_add_working_days(calendar, date(2024, 5, 3), 1, &day, &error) == MOTCUA_OK);
    CHECK(day.year == 2024 && day.month == 5 && day.day == 4 && error == NULL);
    CHECK(motcua_calendar_add_working_days(calendar, date(2024, 4, 26), 1, &day, NULL) == MOTCUA_OK && day.day == 2);
    int32_t days = 0;
    CHECK(motcua_calendar_count_working_days(calendar, date(2024, 4, 26), date(2024, 5, 4), &days, &error) == 0);
    CHECK(days == 3);
    motcua_moment at;
    CHECK(motcua_calendar_add_working_minutes(calendar, moment(2026, 6, 5, 16, 0), 480, &at, &error) == MOTCUA_OK);
    CHECK(same(at, moment(2026, 6, 8, 16, 0)));
    int64_t seconds = 0;
    CHECK(motcua_calendar_count_working_seconds(calendar, moment(2026, 6, 8, 16, 0), moment(2026, 6, 5, 16, 0),
                                                &seconds, &error) == MOTCUA_OK);
    CHECK(seconds == -28800);

    day.day = 99;
    motcua_status status = motcua_calendar_add_working_days(calendar, date(2150, 1, 1), 1, &day, &error);
    CHECK(fails(status, MOTCUA_CALENDAR, &error, "calendar.date_out_of_range") && day.day == 99);
    status = motcua_calendar_add_working_days(calendar, date(2024, 2, 30), 1, &day, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_calendar_add_working_days(NULL, date(2024, 2, 3), 1, &day, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_calendar_add_working_days(calendar, date(2024, 2, 3), 1, NULL, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_calendar_add_working_minutes(calendar, moment(2026, 6, 5, 16, 0), INT64_MAX, &at, &error);
    CHECK(fails(status, MOTCUA_CALENDAR, &error, "calendar.result_out_of_range"));
    status = motcua_calendar_add_working_minutes(calendar, moment(2026, 6, 5, 16, 0), INT64_MIN, &at, &error);
    CHECK(fails(status, MOTCUA_CALENDAR, &error, "calendar.result_out_of_range"));
    status = motcua_calendar_add_working_minutes(calendar, moment(2026, 6, 5, 24, 0), 1, &at, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    /* An error that nobody asks for is not an error of its own. */
    CHECK(motcua_calendar_add_working_days(calendar, date(2150, 1, 1), 1, &day, NULL) == MOTCUA_CALENDAR);
}

static void limits(const motcua_calendar *calendar) {
    motcua_error *error = NULL;
    motcua_text text = {NULL, 0};
    CHECK(motcua_time_limit_parse(motcua_str_of("0,5 ngày làm việc"), &text, &error) == MOTCUA_OK);
    CHECK(text.len == 15 && strcmp(text.data, "0.5 working_day") == 0);
    motcua_text_free(&text);
    motcua_text_free(&text);
    CHECK(text.data == NULL && text.len == 0);
    motcua_str latin = {"3 ng\xe0y", 6}, nothing = {NULL, 0}, null = {NULL, 7}, with_nul = {"3 day\0s", 7};
    motcua_status status = motcua_time_limit_parse(motcua_str_of("3 fortnights"), &text, &error);
    CHECK(fails(status, MOTCUA_DEADLINE, &error, "deadline.unit_unknown") && text.data == NULL);
    CHECK(fails(motcua_time_limit_parse(latin, &text, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(fails(motcua_time_limit_parse(null, &text, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(fails(motcua_time_limit_parse(nothing, &text, &error), MOTCUA_DEADLINE, &error, "deadline.number"));
    CHECK(fails(motcua_time_limit_parse(with_nul, &text, &error), MOTCUA_DEADLINE, &error, "deadline.unit_unknown"));

    motcua_due due;
    motcua_str three = motcua_str_of("3 working_day");
    motcua_suspension pause = {moment(2026, 6, 2, 10, 0), moment(2026, 6, 9, 15, 0), true, MOTCUA_PAUSE,
                               motcua_str_of("bổ sung")};
    CHECK(motcua_due_date(calendar, three, moment(2026, 6, 1, 9, 0), NULL, NULL, 0, &due, &error) == MOTCUA_OK);
    CHECK(due.kind == MOTCUA_DUE_AT && same(due.at, moment(2026, 6, 4, 17, 0)));
    CHECK(motcua_due_date(calendar, three, moment(2026, 6, 1, 9, 0), NULL, &pause, 1, &due, &error) == MOTCUA_OK);
    CHECK(same(due.at, moment(2026, 6, 11, 17, 0)));
    pause.policy = MOTCUA_RESTART;
    CHECK(motcua_due_date(calendar, three, moment(2026, 6, 1, 9, 0), NULL, &pause, 1, &due, &error) == MOTCUA_OK);
    CHECK(same(due.at, moment(2026, 6, 12, 17, 0)));
    pause.ended = false;
    CHECK(motcua_due_date(calendar, three, moment(2026, 6, 1, 9, 0), NULL, &pause, 1, &due, &error) == MOTCUA_OK);
    CHECK(due.kind == MOTCUA_DUE_SUSPENDED && due.at.year == 0);
    pause.policy = 7;
    status = motcua_due_date(calendar, three, moment(2026, 6, 1, 9, 0), NULL, &pause, 1, &due, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_due_date(calendar, three, moment(2026, 6, 1, 9, 0), NULL, NULL, 2, &due, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    pause.policy = MOTCUA_PAUSE;
    pause.ended = true;
    pause.to = moment(2026, 6, 2, 9, 0);
    status = motcua_due_date(calendar, three, moment(2026, 6, 1, 9, 0), NULL, &pause, 1, &due, &error);
    CHECK(fails(status, MOTCUA_DEADLINE, &error, "deadline.order"));

    motcua_cut_off three_o_clock = {15, 0, MOTCUA_DUE_NEXT_WORKING_DAY};
    motcua_str same_day = motcua_str_of("same_day");
    CHECK(motcua_due_date(calendar, same_day, moment(2026, 6, 5, 15, 10), &three_o_clock, NULL, 0, &due, &error) == 0);
    CHECK(same(due.at, moment(2026, 6, 8, 17, 0)));
    three_o_clock.effect = 5;
    status = motcua_due_date(calendar, same_day, moment(2026, 6, 5, 15, 10), &three_o_clock, NULL, 0, &due, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));

    motcua_moment received = moment(2024, 4, 26, 9, 0);
    const char *expected[] = {"\"kind\":\"swapped_off\"", "Victory (Reunification) Day", "hẹn trả: 2024-05-04 17:00"};
    for (int32_t format = MOTCUA_JSON; format <= MOTCUA_VIETNAMESE; format++) {
        CHECK(motcua_due_explain(calendar, three, received, NULL, NULL, 0, format, &text, &error) == MOTCUA_OK);
        CHECK(holds(text.data, expected[format]) && strlen(text.data) == text.len);
        motcua_text_free(&text);
    }
    status = motcua_due_explain(calendar, three, received, NULL, NULL, 0, 9, &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
}

static const char *ORGANISATION =
    "[[unit]]\nid = \"hoa-thanh\"\nname_vi = \"UBND xã Hoa Thành\"\ntier = \"commune\"\n\n"
    "[[officer]]\nid = \"reception\"\nunit = \"hoa-thanh\"\nroles = [\"one_stop\"]\n\n"
    "[[officer]]\nid = \"justice\"\nunit = \"hoa-thanh\"\nroles = [\"judicial_officer\"]\n";

static motcua_status command(motcua_engine *engine, const char *actor, const char *minute, const char *what,
                             motcua_text *answer, motcua_error **error) {
    char json[600];
    snprintf(json, sizeof json,
             "{\"dossier\":\"H41-1\",\"actor\":\"%s\",\"at\":\"2023-06-01T08:%s:00+07:00\",\"key\":\"%s\","
             "\"command\":%s}",
             actor, minute, minute, what);
    return motcua_engine_command(engine, motcua_str_of(json), answer, error);
}

static void engines(const char *path) {
    motcua_error *error = NULL;
    motcua_engine *engine = NULL;
    motcua_text text = {NULL, 0};
    motcua_str organisation = motcua_str_of(ORGANISATION), none = {NULL, 0};
    remove(path);
    CHECK(motcua_engine_open(motcua_str_of(path), organisation, none, &engine, &error) == MOTCUA_OK);
    if (engine == NULL) return;
    const char *receive =
        "{\"receive\":{\"procedure\":\"2.000815\",\"unit\":\"hoa-thanh\",\"channel\":\"online\"}}";
    CHECK(command(engine, "applicant", "00", receive, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"status\":\"submitted\""));
    motcua_text_free(&text);
    CHECK(command(engine, "reception", "10", "{\"accept\":{\"digitised\":true}}", &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"due\":\"2023-06-01T17:00:00+07:00\""));
    motcua_text_free(&text);

    motcua_status status = command(engine, "reception", "20", "{\"accept\":{}}", &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "dossier.wrong_state") && text.data == NULL);
    status = command(engine, "nobody", "20", "{\"complete\":{\"step\":\"check\",\"outcome\":\"complete\"}}", &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "dossier.unknown_actor"));
    status = command(engine, "reception", "20", "{\"dance\":{}}", &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "engine.command_unreadable"));
    CHECK(command(engine, "reception", "10", "{\"accept\":{\"digitised\":true}}", &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"repeated\":true"));
    motcua_text_free(&text);

    CHECK(motcua_engine_work_list(engine, motcua_str_of("{\"unit\":\"hoa-thanh\"}"), &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"action\":\"complete\"") && holds(text.data, "\"step\":\"check\""));
    motcua_text_free(&text);
    status = motcua_engine_work_list(engine, motcua_str_of("{\"colour\":1}"), &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(motcua_engine_dossier(engine, motcua_str_of("H41-1"), &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"status\":\"received\""));
    motcua_text_free(&text);
    CHECK(motcua_engine_dossier(engine, motcua_str_of("H41-9"), &text, &error) == MOTCUA_OK);
    CHECK(strcmp(text.data, "null") == 0);
    motcua_text_free(&text);
    CHECK(motcua_engine_report(engine, date(2023, 1, 1), date(2023, 12, 31), &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"received_online\":1") && holds(text.data, "\"open_overdue\":1"));
    motcua_text_free(&text);
    status = motcua_engine_report(engine, date(2023, 12, 31), date(2023, 1, 1), &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "measure.period_order"));
    CHECK(motcua_engine_explain_due(engine, motcua_str_of("H41-1"), MOTCUA_VIETNAMESE, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "trong ngày"));
    motcua_text_free(&text);
    CHECK(motcua_engine_explain_due(engine, motcua_str_of("H41-9"), MOTCUA_JSON, &text, &error) == MOTCUA_OK);
    CHECK(text.len == 0);
    motcua_text_free(&text);
    motcua_engine_free(engine);

    /* What was answered for is there when the file is opened again. */
    CHECK(motcua_engine_open(motcua_str_of(path), organisation, none, &engine, &error) == MOTCUA_OK);
    CHECK(motcua_engine_events(engine, motcua_str_of("H41-1"), &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"version\":2") && !holds(text.data, "\"version\":3"));
    motcua_text_free(&text);
    motcua_engine_free(engine);

    engine = NULL;
    status = motcua_engine_open(motcua_str_of("/no/such/folder/x.sqlite"), organisation, none, &engine, &error);
    CHECK(fails(status, MOTCUA_JOURNAL, &error, "journal.storage") && engine == NULL);
    status = motcua_engine_open(none, organisation, none, &engine, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_engine_open(motcua_str_of(path), motcua_str_of("[[officer]]\nid = 1\n"), none, &engine, &error);
    CHECK(fails(status, MOTCUA_DEFINITION, &error, "file.form"));
    status = motcua_engine_open(motcua_str_of(path), organisation, motcua_str_of("[[procedure]]\ncode = \"x\"\n"),
                                &engine, &error);
    CHECK(fails(status, MOTCUA_DEFINITION, &error, "file.form") && engine == NULL);
}

static void *count(void *calendar) {
    for (int n = 0; n < 2000; n++) {
        motcua_date day;
        if (motcua_calendar_add_working_days(calendar, date(2024, 1, 2), n % 500, &day, NULL) != MOTCUA_OK) return NULL;
    }
    return calendar;
}

static void threads(motcua_calendar *calendar) {
    pthread_t all[4];
    void *done;
    for (int i = 0; i < 4; i++) CHECK(pthread_create(&all[i], NULL, count, calendar) == 0);
    for (int i = 0; i < 4; i++) CHECK(pthread_join(all[i], &done) == 0 && done != NULL);
}

int main(int argc, char **argv) {
    motcua_calendar *calendar = NULL;
    motcua_error *error = NULL;
    versions();
    CHECK(fails(motcua_calendar_vietnam(NULL, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(motcua_calendar_vietnam(&calendar, &error) == MOTCUA_OK);
    calendars(calendar);
    limits(calendar);
    threads(calendar);
    engines(argc > 1 ? argv[1] : "test.sqlite");
    motcua_calendar_free(calendar);
    if (failures == 0) puts("C: all checks passed");
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
