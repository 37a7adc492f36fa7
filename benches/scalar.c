/* The due date of a clock with one suspension, and its explanation, through the C interface: nanoseconds a call. */
#define _POSIX_C_SOURCE 200809L
#include <motcua.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CLOCKS 1000
#define ROUNDS 200

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    double difference = *(const double *)a - *(const double *)b;
    return difference < 0 ? -1 : difference > 0;
}

static motcua_clock *clocks[CLOCKS];

int main(void) {
    motcua_calendar *calendar = NULL;
    motcua_rule rule = {motcua_str_of("10 working_day"), NULL, MOTCUA_PAUSE, 0, 0, 0, {NULL, 0}};
    if (motcua_calendar_vietnam(&calendar, NULL) != MOTCUA_OK) return 1;
    for (int i = 0; i < CLOCKS; i++) {
        motcua_moment start = {2015 + i % 12, 1 + i % 12, 1 + i % 9, 9, 17, 0}, from = start, to = start;
        from.day += 2;
        to.day += 9;
        if (motcua_clock_new(&rule, start, &clocks[i], NULL) != MOTCUA_OK) return 1;
        motcua_str begin = motcua_str_of("{\"suspend\": {\"reason\": \"x\", \"policy\": \"pause\"}}");
        motcua_str end = motcua_str_of("{\"resume\": {\"suspension\": 0}}");
        if (motcua_clock_change(clocks[i], from, begin, NULL) != MOTCUA_OK) return 1;
        if (motcua_clock_change(clocks[i], to, end, NULL) != MOTCUA_OK) return 1;
    }
    double due_times[9], explain_times[9];
    unsigned sum = 0;
    for (int run = 0; run < 9; run++) {
        double begun = now();
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < CLOCKS; i++) {
                motcua_due due;
                motcua_clock_due(clocks[i], calendar, &due, NULL);
                sum += due.at.day;
            }
        }
        due_times[run] = (now() - begun) / (CLOCKS * ROUNDS);
        begun = now();
        for (int i = 0; i < CLOCKS; i++) {
            motcua_text text;
            motcua_clock_explain(clocks[i], calendar, MOTCUA_JSON, &text, NULL);
            sum += (unsigned)text.len;
            motcua_text_free(&text);
        }
        explain_times[run] = (now() - begun) / CLOCKS;
    }
    qsort(due_times, 9, sizeof *due_times, by_size);
    qsort(explain_times, 9, sizeof *explain_times, by_size);
    printf("{\"due\": %.2f, \"explain\": %.2f, \"sum\": %u}\n", due_times[4], explain_times[4], sum);
    return 0;
}
