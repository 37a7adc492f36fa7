#include <motcua.h>
#include <stdio.h>

int main(void) {
    motcua_calendar *calendar = NULL;
    motcua_error *error = NULL;
    motcua_text why = {NULL, 0};
    motcua_due due;
    motcua_str limit = motcua_str_of("3 ngày làm việc");
    motcua_moment received = {2026, 4, 24, 9, 30, 0};

    motcua_status status = motcua_calendar_vietnam(&calendar, &error);
    if (status == MOTCUA_OK) status = motcua_due_date(calendar, limit, received, NULL, NULL, 0, &due, &error);
    if (status == MOTCUA_OK) {
        printf("due %04d-%02u-%02u %02u:%02u\n", due.at.year, due.at.month, due.at.day, due.at.hour, due.at.minute);
        status = motcua_due_explain(calendar, limit, received, NULL, NULL, 0, MOTCUA_ENGLISH, &why, &error);
    }
    if (status == MOTCUA_OK) printf("%s", why.data);
    else fprintf(stderr, "%.*s\n", (int)motcua_error_message(error).len, motcua_error_message(error).data);

    motcua_text_free(&why);
    motcua_error_free(error);
    motcua_calendar_free(calendar);
    return status;
}
