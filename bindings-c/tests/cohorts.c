/* Cohorts: batches of columns counted by group and month, merged, and asked. */
#include "check.h"
#include <math.h>
#include <motcua.h>
#include <string.h>

/* Days since 1970: Monday 1/6/2026, and Wednesday 1/7/2026. */
enum { JUNE = 20605, JULY = 20635, ROWS = 4 };

static motcua_date date(int32_t year, uint32_t month, uint32_t day) {
    motcua_date result = {year, month, day};
    return result;
}

static motcua_cohorts *cohorts_of(const motcua_calendar *calendar) {
    motcua_cohorts *cohorts = NULL;
    CHECK(motcua_cohorts_new(2, MOTCUA_MONTH, date(2026, 6, 1), date(2026, 7, 31), calendar, &cohorts, NULL) == MOTCUA_OK);
    return cohorts;
}

/* The status and code that are expected; frees the error. */
static int fails(motcua_status status, motcua_status expected, motcua_error **error, const char *code) {
    motcua_str found = motcua_error_code(*error);
    int right = status == expected && found.len == strlen(code) && memcmp(found.data, code, found.len) == 0;
    if (!right) fprintf(stderr, "status %d, %.*s\n", status, (int)found.len, found.data);
    motcua_error_free(*error);
    *error = NULL;
    return right;
}

int main(void) {
    motcua_calendar *calendar = NULL;
    motcua_error *error = NULL;
    CHECK(motcua_calendar_vietnam(&calendar, NULL) == MOTCUA_OK);

    uint32_t group[ROWS] = {1, 1, 1, 0};
    int32_t received[ROWS] = {JUNE, JUNE, JULY, JUNE - 1}, due[ROWS] = {JUNE + 7, JUNE + 7, MOTCUA_NO_DATE, 0};
    int32_t finished[ROWS] = {JUNE + 3, MOTCUA_NO_DATE, JULY + 1, MOTCUA_NO_DATE};
    uint8_t online[ROWS] = {1, 0, 1, 0}, digitised[ROWS] = {1, 0, 2, 2}, paid_online[ROWS] = {2, 1, 0, 2};
    int8_t rating[ROWS] = {2, -1, 0, -1};
    motcua_cohort_columns columns = {group, received, due, finished, online, digitised, paid_online, rating};

    motcua_cohorts *cohorts = cohorts_of(calendar), *other = cohorts_of(calendar);
    CHECK(motcua_cohorts_add(cohorts, &columns, ROWS, 2, &error) == MOTCUA_OK && error == NULL);
    uint64_t rows = 0, outside = 0;
    CHECK(motcua_cohorts_rows(cohorts, &rows, &outside, NULL) == MOTCUA_OK && rows == 4 && outside == 1);
    motcua_cohort june, july;
    CHECK(motcua_cohorts_get(cohorts, 1, date(2026, 6, 15), &june, NULL) == MOTCUA_OK);
    CHECK(june.received == 2 && june.resolved == 1 && june.early == 1 && june.overdue == 1 && june.late == 0);
    CHECK(june.online == 1 && june.digitised == 1 && june.digitised_known == 2 && june.paid_online == 1 && june.obliged == 1);
    CHECK(june.rated == 1 && june.rating_sum == 2);
    CHECK(motcua_cohorts_get(cohorts, 1, date(2026, 7, 31), &july, NULL) == MOTCUA_OK);
    CHECK(july.received == 1 && july.on_time == 1 && july.open_in_time == 0 && july.rated == 1 && july.rating_sum == 0);
    double took = 0;
    CHECK(motcua_cohorts_percentile(cohorts, 1, date(2026, 6, 1), 50, &took, NULL) == MOTCUA_OK && took == 3);
    CHECK(motcua_cohorts_percentile(cohorts, 0, date(2026, 6, 1), 50, &took, NULL) == MOTCUA_OK && isnan(took));

    /* Counted apart and merged it is the same, and the unit of merging changes nothing. */
    CHECK(motcua_cohorts_merge(other, cohorts, NULL) == MOTCUA_OK);
    CHECK(motcua_cohorts_get(other, 1, date(2026, 6, 15), &july, NULL) == MOTCUA_OK && memcmp(&june, &july, sizeof june) == 0);
    CHECK(motcua_cohorts_merge(other, cohorts, NULL) == MOTCUA_OK);
    CHECK(motcua_cohorts_get(other, 1, date(2026, 6, 15), &july, NULL) == MOTCUA_OK && july.received == 4);

    /* A bad row: nothing of the batch is counted, and the message says which. */
    rating[2] = 7;
    motcua_status status = motcua_cohorts_add(cohorts, &columns, ROWS, 1, &error);
    CHECK(strstr(motcua_error_message(error).data, "row 2 ") != NULL);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "measure.row"));
    CHECK(motcua_cohorts_rows(cohorts, &rows, NULL, NULL) == MOTCUA_OK && rows == 4);
    CHECK(motcua_cohorts_get(cohorts, 1, date(2026, 6, 15), &july, NULL) == MOTCUA_OK && memcmp(&june, &july, sizeof june) == 0);
    CHECK(motcua_cohorts_add(cohorts, &columns, 2, 0, NULL) == MOTCUA_OK);
    CHECK(motcua_cohorts_add(cohorts, &columns, 0, 0, NULL) == MOTCUA_OK);

    /* Without times. */
    motcua_cohorts *plain = cohorts_of(NULL);
    CHECK(motcua_cohorts_add(plain, &columns, 2, 1, NULL) == MOTCUA_OK);
    CHECK(motcua_cohorts_percentile(plain, 1, date(2026, 6, 1), 50, &took, NULL) == MOTCUA_OK && isnan(took));
    CHECK(fails(motcua_cohorts_merge(cohorts, plain, &error), MOTCUA_ARGUMENT, &error, "measure.plans_differ"));
    CHECK(fails(motcua_cohorts_merge(cohorts, cohorts, &error), MOTCUA_ARGUMENT, &error, "c.argument"));

    /* What cannot be. */
    motcua_date first = date(2026, 6, 1), last = date(2026, 7, 31);
    motcua_cohorts *none = NULL;
    status = motcua_cohorts_new(2, 3, first, last, calendar, &none, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_cohorts_new(2, MOTCUA_YEAR, last, first, calendar, &none, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "measure.period_order"));
    status = motcua_cohorts_new(2, MOTCUA_QUARTER, date(1999, 1, 1), last, calendar, &none, &error);
    CHECK(fails(status, MOTCUA_CALENDAR, &error, "calendar.date_out_of_range") && none == NULL);
    status = motcua_cohorts_new(2, MOTCUA_YEAR, date(2026, 2, 30), last, calendar, &none, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(fails(motcua_cohorts_get(cohorts, 2, first, &june, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    status = motcua_cohorts_percentile(cohorts, 1, first, 101, &took, &error);
    CHECK(fails(status, MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(fails(motcua_cohorts_add(NULL, &columns, 1, 1, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(fails(motcua_cohorts_add(cohorts, NULL, 1, 1, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(fails(motcua_cohorts_merge(NULL, plain, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(fails(motcua_cohorts_get(NULL, 1, first, &june, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    CHECK(fails(motcua_cohorts_rows(NULL, &rows, &outside, &error), MOTCUA_ARGUMENT, &error, "c.argument"));
    columns.due = NULL;
    CHECK(fails(motcua_cohorts_add(cohorts, &columns, 1, 1, &error), MOTCUA_ARGUMENT, &error, "c.argument"));

    motcua_cohorts_free(plain);
    motcua_cohorts_free(other);
    motcua_cohorts_free(cohorts);
    motcua_cohorts_free(NULL);
    motcua_calendar_free(calendar);
    return failures == 0 ? 0 : 1;
}
