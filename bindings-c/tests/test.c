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
    "[[officer]]\nid = \"justice\"\nunit = \"hoa-thanh\"\nroles = [\"judicial_officer\", \"certifier\"]\n";

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
    motcua_moment evening = {2023, 6, 1, 17, 0, 0}, no_hour = {2023, 6, 1, 25, 0, 0};
    CHECK(motcua_engine_duties(engine, motcua_str_of("H41-1"), evening, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"id\":\"return\"") && holds(text.data, "\"due\":\"2023-06-06T17:00:00+07:00\""));
    motcua_text_free(&text);
    status = motcua_engine_duties(engine, motcua_str_of("H41-1"), no_hour, &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(motcua_engine_next_wakeup(engine, &text, &error) == MOTCUA_OK);
    CHECK(strcmp(text.data, "2023-06-01T17:00:00+07:00") == 0);
    motcua_text_free(&text);
    CHECK(motcua_engine_wakeups(engine, evening, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"dossier\":\"H41-1\"") && holds(text.data, "\"what\":\"due\""));
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

    /* Slips: names come with the call, and what has not come to pass has none. */
    motcua_str code = motcua_str_of("H41-1"), receipt = motcua_str_of("receipt");
    motcua_str person = motcua_str_of("{\"submitter\":{\"name\":\"Nguyễn Văn <An>\"}}");
    CHECK(motcua_engine_slip(engine, code, receipt, person, MOTCUA_SLIP_TEXT, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "Nguyễn Văn <An>") && holds(text.data, "ngày 01 tháng 06 năm 2023"));
    motcua_text_free(&text);
    CHECK(motcua_engine_slip(engine, code, receipt, person, MOTCUA_SLIP_HTML, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "<!DOCTYPE html>") && holds(text.data, "Nguyễn Văn &lt;An&gt;"));
    motcua_text_free(&text);
    CHECK(motcua_engine_slip(engine, code, receipt, person, MOTCUA_SLIP_JSON, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"form\":\"receipt\"") && holds(text.data, "\"number\":\"01\""));
    motcua_text_free(&text);
    status = motcua_engine_slip(engine, code, motcua_str_of("apology"), person, MOTCUA_SLIP_TEXT, &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "slip.no_reappointment"));
    status = motcua_engine_slip(engine, code, motcua_str_of("letter"), person, MOTCUA_SLIP_TEXT, &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_engine_slip(engine, code, receipt, person, 3, &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_engine_slip(engine, code, receipt, motcua_str_of("{\"name\":1}"), MOTCUA_SLIP_TEXT, &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    motcua_str volume = motcua_str_of("{\"first\":7,\"rows\":[{\"dossier\":\"H41-1\",\"particulars\":"
                                      "{\"submitter\":{\"name\":\"Nguyễn Văn An\"}}}]}");
    CHECK(motcua_engine_register(engine, volume, MOTCUA_SLIP_JSON, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"first\":7") && holds(text.data, "\"last\":7"));
    motcua_text_free(&text);
    status = motcua_engine_register(engine, motcua_str_of("{\"rows\":[]}"), MOTCUA_SLIP_TEXT, &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "slip.empty"));
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

/* What comes before a command and after it: lists, trials, suggestions, pictures, and a day off announced late. */
static void foresight(const char *path, const motcua_calendar *calendar) {
    motcua_error *error = NULL;
    motcua_engine *engine = NULL;
    motcua_text text = {NULL, 0};
    motcua_str organisation = motcua_str_of(ORGANISATION), none = {NULL, 0}, first = motcua_str_of("H41-1");
    remove(path);
    CHECK(motcua_engine_open(motcua_str_of(path), organisation, none, &engine, &error) == MOTCUA_OK);
    if (engine == NULL) return;

    motcua_str list = motcua_str_of(
        "[{\"dossier\":\"H41-1\",\"actor\":\"applicant\",\"at\":\"2025-12-30T08:00:00+07:00\",\"key\":\"1\",\"command\":"
        "{\"receive\":{\"procedure\":\"2.000815\",\"unit\":\"hoa-thanh\",\"channel\":\"online\"}}},"
        "{\"dossier\":\"H41-1\",\"actor\":\"nobody\",\"at\":\"2025-12-31T15:10:00+07:00\",\"key\":\"2\",\"command\":"
        "{\"accept\":{}}},{\"dossier\":7},"
        "{\"dossier\":\"H41-1\",\"actor\":\"reception\",\"at\":\"2025-12-31T15:10:00+07:00\",\"key\":\"3\",\"command\":"
        "{\"accept\":{}}}]");
    CHECK(motcua_engine_handle_each(engine, list, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "[{\"answer\":{\"dossier\":\"H41-1\",\"version\":1,"));
    CHECK(holds(text.data, "{\"error\":{\"code\":\"dossier.unknown_actor\",\"message\":\"there is no officer `nobody`"));
    CHECK(holds(text.data, "\"vi\":\"không có cán bộ `nobody`") && holds(text.data, "\"engine.command_unreadable\""));
    CHECK(holds(text.data, "\"version\":2,\"status\":\"received\""));
    motcua_text_free(&text);
    CHECK(motcua_engine_handle_each(engine, motcua_str_of("[]"), &text, &error) == MOTCUA_OK);
    CHECK(strcmp(text.data, "[]") == 0);
    motcua_text_free(&text);
    motcua_status status = motcua_engine_handle_each(engine, motcua_str_of("{}"), &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "engine.command_unreadable") && text.data == NULL);

    /* On trial. */
    motcua_str complete = motcua_str_of(
        "{\"dossier\":\"H41-1\",\"actor\":\"justice\",\"at\":\"2025-12-31T16:00:00+07:00\",\"key\":\"4\",\"command\":"
        "{\"claim\":{\"step\":\"check\"}}}");
    CHECK(motcua_engine_dry_run(engine, complete, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"version\":3"));
    motcua_text_free(&text);
    CHECK(motcua_engine_events(engine, first, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "\"version\":2") && !holds(text.data, "\"version\":3"));
    motcua_text_free(&text);
    status = motcua_engine_dry_run(engine, motcua_str_of("{}"), &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "engine.command_unreadable"));

    /* Whom to give it. */
    motcua_str check = motcua_str_of("check"), turn = motcua_str_of("round_robin"), load = motcua_str_of("least_loaded");
    motcua_moment morning = {2025, 12, 31, 9, 0, 0};
    CHECK(motcua_engine_suggest(engine, first, check, turn, none, morning, &text, &error) == MOTCUA_OK);
    CHECK(strcmp(text.data, "justice") == 0);
    motcua_text_free(&text);
    CHECK(motcua_engine_suggest(engine, first, check, load, motcua_str_of("justice"), morning, &text, &error) == MOTCUA_OK);
    CHECK(strcmp(text.data, "justice") == 0);
    motcua_text_free(&text);
    CHECK(motcua_engine_suggest(engine, first, check, motcua_str_of("by_hand"), none, morning, &text, &error) == MOTCUA_OK);
    CHECK(text.len == 0);
    motcua_text_free(&text);
    status = motcua_engine_suggest(engine, first, check, motcua_str_of("by_lot"), none, morning, &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_engine_suggest(engine, first, motcua_str_of("sign"), turn, none, morning, &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "routing.not_running"));

    /* Pictures. */
    motcua_moment soon = {2025, 12, 31, 16, 0, 0}, late = {2026, 2, 2, 8, 0, 0}, no_hour = {2026, 1, 2, 25, 0, 0};
    const char *begins[] = {"<svg", "flowchart TD", "digraph"};
    for (int32_t format = MOTCUA_PICTURE_SVG; format <= MOTCUA_PICTURE_DOT; format++) {
        CHECK(motcua_engine_picture(engine, first, soon, format, &text, &error) == MOTCUA_OK);
        CHECK(holds(text.data, begins[format]));
        motcua_text_free(&text);
        motcua_str code = motcua_str_of("2.000815");
        CHECK(motcua_engine_procedure_picture(engine, code, date(2026, 1, 5), format, &text, &error) == MOTCUA_OK);
        CHECK(holds(text.data, begins[format]));
        motcua_text_free(&text);
    }
    CHECK(motcua_engine_picture(engine, first, soon, MOTCUA_PICTURE_MERMAID, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, ":::running") && !holds(text.data, ":::late"));
    motcua_text_free(&text);
    CHECK(motcua_engine_picture(engine, first, late, MOTCUA_PICTURE_MERMAID, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, ":::late"));
    motcua_text_free(&text);
    status = motcua_engine_picture(engine, first, soon, 3, &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_engine_picture(engine, first, no_hour, MOTCUA_PICTURE_SVG, &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_engine_picture(engine, motcua_str_of("H41-9"), soon, MOTCUA_PICTURE_SVG, &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "dossier.unknown"));
    motcua_str gone = motcua_str_of("9.999999"), copies = motcua_str_of("2.000815");
    status = motcua_engine_procedure_picture(engine, gone, date(2026, 1, 5), MOTCUA_PICTURE_SVG, &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "dossier.unknown_procedure"));
    status = motcua_engine_procedure_picture(engine, copies, date(2013, 1, 5), MOTCUA_PICTURE_SVG, &text, &error);
    CHECK(fails(status, MOTCUA_REFUSED, &error, "dossier.not_in_force"));

    /* What is kept can be verified, copied, and its words erased. */
    uint64_t words = 9;
    CHECK(motcua_engine_verify(engine, none, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "{\"size\":2,\"root\":\""));
    motcua_str head = {text.data, text.len};
    motcua_text again = {NULL, 0};
    CHECK(motcua_engine_verify(engine, head, &again, &error) == MOTCUA_OK && strcmp(again.data, text.data) == 0);
    motcua_text_free(&again);
    motcua_text_free(&text);
    motcua_str wrong_head = motcua_str_of(
        "{\"size\":1,\"root\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}");
    status = motcua_engine_verify(engine, wrong_head, &text, &error);
    CHECK(fails(status, MOTCUA_JOURNAL, &error, "journal.head_differs") && text.data == NULL);
    status = motcua_engine_verify(engine, motcua_str_of("[]"), &text, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(motcua_engine_erase(engine, first, &words, &error) == MOTCUA_OK && words == 0);
    status = motcua_engine_backup(engine, none, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));

    /* 2/1/2026 became a day off by an announcement of 25/12/2025. */
    motcua_calendar *before = NULL;
    size_t open = 0;
    motcua_date today = date(2025, 12, 31);
    CHECK(motcua_calendar_as_known_on(calendar, date(2025, 12, 24), &before, &error) == MOTCUA_OK);
    CHECK(motcua_engine_announce(engine, before, today, &open, &error) == MOTCUA_OK && open == 1);
    CHECK(motcua_engine_explain_due(engine, first, MOTCUA_ENGLISH, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "2026-01-02 17:00"));
    motcua_text_free(&text);
    CHECK(motcua_engine_moved(engine, calendar, &text, &error) == MOTCUA_OK);
    CHECK(holds(text.data, "{\"dossier\":\"H41-1\",\"before\":{\"at\":\"2026-01-02T17:00:00+07:00\"},"
                           "\"after\":{\"at\":\"2026-01-05T17:00:00+07:00\"},\"because\":[{"));
    motcua_text_free(&text);
    CHECK(motcua_engine_announce(engine, calendar, today, &open, &error) == MOTCUA_OK && open == 1);
    CHECK(motcua_engine_moved(engine, calendar, &text, &error) == MOTCUA_OK);
    CHECK(strcmp(text.data, "[]") == 0);
    motcua_text_free(&text);
    CHECK(fails(motcua_engine_moved(engine, NULL, &text, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(fails(motcua_engine_announce(engine, NULL, today, &open, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(fails(motcua_engine_announce(engine, calendar, today, NULL, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    motcua_calendar_free(before);
    motcua_engine_free(engine);
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
    foresight(argc > 1 ? argv[1] : "test.sqlite", calendar);
    motcua_calendar_free(calendar);
    if (failures == 0) puts("C: all checks passed");
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
