/*
 * motcua: administrative procedures of Vietnam's one-stop shops.
 * SPDX-License-Identifier: Apache-2.0 OR MIT
 *
 * Generated from bindings-c/src; do not edit.
 *
 * Conventions
 *
 * - Every function that can fail returns a motcua_status, MOTCUA_OK being 0, and takes an optional motcua_error** as
 *   its last argument. If that is not NULL and the call fails, it receives an error, to be freed with
 *   motcua_error_free; if the call succeeds it is set to NULL. Outputs are written only on success; columns
 *   are written for every good row.
 * - Texts are UTF-8. A motcua_str is borrowed for the call, may hold NUL bytes and need not end with one; data may be
 *   NULL if len is 0. A motcua_text is owned by the caller, ends with a NUL byte that len does not count, and is
 *   freed with motcua_text_free.
 * - Handles are opaque, created and freed in pairs; freeing NULL does nothing.
 * - Moments and dates are Vietnam time (UTC+07:00).
 * - Commands, and the file of units and officers, are explained in ARCHITECTURE.md.
 * - No panic leaves the library: it becomes MOTCUA_PANIC. An engine in which one occurred answers MOTCUA_POISONED
 *   from then on; free it and open it again.
 * - A motcua_calendar and a motcua_limit_table may be used by several threads at once, a motcua_clock and
 *   motcua_cohorts by one at a time. A motcua_engine may be handed from thread to thread;
 *   while one call on it is under way, a second one returns MOTCUA_BUSY.
 */


#ifndef MOTCUA_H
#define MOTCUA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Grows whenever a program built against an earlier header would misbehave.
#define MOTCUA_ABI_VERSION 1

// The library's version, as in its name.
#define MOTCUA_VERSION_MAJOR 0

// See MOTCUA_VERSION_MAJOR.
#define MOTCUA_VERSION_MINOR 1

// See MOTCUA_VERSION_MAJOR.
#define MOTCUA_VERSION_PATCH 0

// The value of a column that stands for no date.
#define MOTCUA_NO_DATE INT32_MIN

// The value of a column that stands for no moment, and for no count.
#define MOTCUA_NO_MOMENT INT64_MIN

// What a call came to. The numbers never change; the code of the error says more.
enum motcua_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Done.
  MOTCUA_OK = 0,
  // An argument is NULL, no UTF-8 or otherwise impossible.
  MOTCUA_ARGUMENT = 1,
  // The library has a fault of its own; please report it.
  MOTCUA_PANIC = 2,
  // The handle is unusable after MOTCUA_PANIC.
  MOTCUA_POISONED = 3,
  // Another call on the handle is under way.
  MOTCUA_BUSY = 4,
  // A date or moment outside the calendar (calendar.*).
  MOTCUA_CALENDAR = 10,
  // A time limit or a clock (deadline.*).
  MOTCUA_DEADLINE = 11,
  // A definition file (file.*, procedure.*, organisation.*, routing.*); the message names every problem.
  MOTCUA_DEFINITION = 12,
  // A command was refused, for whatever reason; nothing has changed.
  MOTCUA_REFUSED = 13,
  // The journal (journal.*); nothing was stored.
  MOTCUA_JOURNAL = 14,
  // Something else.
  MOTCUA_OTHER = 99,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_status motcua_status;
#else
typedef int32_t motcua_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a late reception changes.
enum motcua_cut_off_effect
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The result is due one working day later.
  MOTCUA_DUE_NEXT_WORKING_DAY = 0,
  // The limit counts from the next working day.
  MOTCUA_COUNT_FROM_NEXT_WORKING_DAY = 1,
  // Only the papers go on later.
  MOTCUA_FORWARD_NEXT_WORKING_DAY = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_cut_off_effect motcua_cut_off_effect;
#else
typedef int32_t motcua_cut_off_effect;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// When a limit in days ends on its last day.
enum motcua_day_end
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // When the office closes.
  MOTCUA_OFFICE_HOURS = 0,
  // With the day, at its last second.
  MOTCUA_MIDNIGHT = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_day_end motcua_day_end;
#else
typedef int32_t motcua_day_end;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How a part of a working day is counted.
enum motcua_day_parts
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Halves by mornings and afternoons, other parts of eight hours.
  MOTCUA_HALF_DAYS = 0,
  // A part of the office time of each day.
  MOTCUA_OFFICE_MINUTES = 1,
  // A part of eight hours, whatever the day has.
  MOTCUA_EIGHT_HOURS = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_day_parts motcua_day_parts;
#else
typedef int32_t motcua_day_parts;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Which way a limit is counted.
enum motcua_direction
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // From an event on.
  MOTCUA_AFTER = 0,
  // Back from an event to come.
  MOTCUA_BEFORE = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_direction motcua_direction;
#else
typedef int32_t motcua_direction;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// When a result is due.
enum motcua_due_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // At a moment.
  MOTCUA_DUE_AT = 0,
  // Open, while the clock is suspended.
  MOTCUA_DUE_SUSPENDED = 1,
  // Never: no limit is stated.
  MOTCUA_DUE_NOT_STATED = 2,
  // Not known.
  MOTCUA_DUE_UNKNOWN = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_due_kind motcua_due_kind;
#else
typedef int32_t motcua_due_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How an explanation is written.
enum motcua_format
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // JSON.
  MOTCUA_JSON = 0,
  // English text.
  MOTCUA_ENGLISH = 1,
  // Vietnamese text.
  MOTCUA_VIETNAMESE = 2,
  // A picture: SVG, a grid for each month.
  MOTCUA_SVG = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_format motcua_format;
#else
typedef int32_t motcua_format;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How a routing is drawn.
enum motcua_picture_format
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // A file of SVG.
  MOTCUA_PICTURE_SVG = 0,
  // The text of a Mermaid flowchart.
  MOTCUA_PICTURE_MERMAID = 1,
  // The text of a Graphviz graph.
  MOTCUA_PICTURE_DOT = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_picture_format motcua_picture_format;
#else
typedef int32_t motcua_picture_format;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a suspension does to the clock.
enum motcua_policy
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The limit counts again from zero afterwards.
  MOTCUA_RESTART = 0,
  // The time of the suspension does not count.
  MOTCUA_PAUSE = 1,
  // The limit keeps running.
  MOTCUA_KEEP_RUNNING = 2,
  // Another limit counts afterwards.
  MOTCUA_SECOND_STAGE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_policy motcua_policy;
#else
typedef int32_t motcua_policy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What happens to a start that is no working day.
enum motcua_roll
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // It is not counted, as by law no first day is.
  MOTCUA_NOT_COUNTED = 0,
  // First it moves to the next working day.
  MOTCUA_FORWARD = 1,
  // First it moves to the last working day before.
  MOTCUA_BACKWARD = 2,
  // As MOTCUA_FORWARD, unless that is in another month; then as MOTCUA_BACKWARD.
  MOTCUA_MODIFIED_FOLLOWING = 3,
  // As MOTCUA_BACKWARD, unless that is in another month; then as MOTCUA_FORWARD.
  MOTCUA_MODIFIED_PRECEDING = 4,
  // The row is bad.
  MOTCUA_REFUSE = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_roll motcua_roll;
#else
typedef int32_t motcua_roll;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How a slip is written.
enum motcua_slip_format
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Plain text, eighty columns.
  MOTCUA_SLIP_TEXT = 0,
  // A complete page of HTML, to print.
  MOTCUA_SLIP_HTML = 1,
  // What it says, as JSON.
  MOTCUA_SLIP_JSON = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_slip_format motcua_slip_format;
#else
typedef int32_t motcua_slip_format;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// By what spans of time.
enum motcua_span
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Months.
  MOTCUA_MONTH = 0,
  // Quarters.
  MOTCUA_QUARTER = 1,
  // Years.
  MOTCUA_YEAR = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_span motcua_span;
#else
typedef int32_t motcua_span;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A calendar.
typedef struct motcua_calendar motcua_calendar;

// The clock of one limit, with its ledger. It is used by one thread at a time.
typedef struct motcua_clock motcua_clock;

// Dossiers counted by a number and a span of reception.
typedef struct motcua_cohorts motcua_cohorts;

// An engine on one journal file.
typedef struct motcua_engine motcua_engine;

// Why a call failed.
typedef struct motcua_error motcua_error;

// The limits of a procedure, by case.
typedef struct motcua_limit_table motcua_limit_table;

// A date of the solar calendar.
typedef struct {
  // 2013 to 2100.
  int32_t year;
  // 1 to 12.
  uint32_t month;
  // 1 to 31.
  uint32_t day;
} motcua_date;

// A moment, Vietnam time.
typedef struct {
  // 2013 to 2100.
  int32_t year;
  // 1 to 12.
  uint32_t month;
  // 1 to 31.
  uint32_t day;
  // 0 to 23.
  uint32_t hour;
  // 0 to 59.
  uint32_t minute;
  // 0 to 59.
  uint32_t second;
} motcua_moment;

// A text of the caller's own: UTF-8, `len` bytes and a NUL byte after them. Free it with motcua_text_free.
typedef struct {
  // First byte; NULL after motcua_text_free.
  char *data;
  // Number of bytes, without the NUL.
  size_t len;
} motcua_text;

// A text lent for one call: UTF-8, `len` bytes. `data` may be NULL if `len` is 0.
typedef struct {
  // First byte.
  const char *data;
  // Number of bytes.
  size_t len;
} motcua_str;

// An hour after which a reception counts differently.
typedef struct {
  // 0 to 23.
  uint32_t hour;
  // 0 to 59.
  uint32_t minute;
  // A motcua_cut_off_effect.
  int32_t effect;
} motcua_cut_off;

// A limit with what the law says about its counting. Zeros are what is ordinary, but for the limit.
typedef struct {
  // The limit, such as `3 working_day`.
  motcua_str limit;
  // The hour after which a reception counts differently, or NULL.
  const motcua_cut_off *cut_off;
  // A motcua_policy: what a suspension does in a column of due dates. A clock is told it with each suspension.
  int32_t on_suspension;
  // A motcua_day_parts.
  int32_t day_parts;
  // A motcua_day_end.
  int32_t day_end;
  // A motcua_direction.
  int32_t direction;
  // The limit that counts after a suspension of the policy MOTCUA_SECOND_STAGE; empty if there is none.
  motcua_str second_stage;
} motcua_rule;

// A due date.
typedef struct {
  // A motcua_due_kind.
  int32_t kind;
  // The moment, if the kind is MOTCUA_DUE_AT; else zeros.
  motcua_moment at;
  // Whether it rests on days after the last announced year, so that an announcement may still move it.
  bool projected;
} motcua_due;

// Columns of dossiers, a value for each row. Days are counted from 1970-01-01; MOTCUA_NO_DATE stands for none.
typedef struct {
  // The number of the group, from 0: a unit, a field, a procedure, or whatever the caller numbers.
  const uint32_t *group;
  // The day on which it was taken in; a row without one is left out.
  const int32_t *received;
  // The day on which it is due, if it has a limit.
  const int32_t *due;
  // The day on which the office was done with it, if it is not open.
  const int32_t *finished;
  // Whether it came in online: 0 no, 1 yes.
  const uint8_t *online;
  // Whether its papers were digitised: 0 no, 1 yes, 2 not known.
  const uint8_t *digitised;
  // Whether it was paid online: 0 no, 1 yes, 2 without an obligation, or not known.
  const uint8_t *paid_online;
  // The applicant's rating, 0 to 6; -1 if there is none.
  const int8_t *rating;
} motcua_cohort_columns;

// The counts of one group and span of reception.
typedef struct {
  // Taken in.
  uint64_t received;
  // Settled, on whatever day.
  uint64_t resolved;
  // Settled before the due day.
  uint64_t early;
  // Settled on the due day, or without one.
  uint64_t on_time;
  // Settled after the due day.
  uint64_t late;
  // Open, and not overdue on the last day.
  uint64_t open_in_time;
  // Open and overdue then.
  uint64_t overdue;
  // Came in online.
  uint64_t online;
  // Digitised.
  uint64_t digitised;
  // Of how many it is known whether they are digitised.
  uint64_t digitised_known;
  // Paid online.
  uint64_t paid_online;
  // How many were to be paid.
  uint64_t obliged;
  // Rated.
  uint64_t rated;
  // The sum of the ratings.
  uint64_t rating_sum;
} motcua_cohort;

// How the rows of a column are gone through, and which of them were bad. Zeros are good for most.
typedef struct {
  // On so many threads; 0 and 1 both mean on the caller's.
  size_t threads;
  // Where the indexes of bad rows are written, or NULL.
  size_t *bad;
  // How many of them fit there.
  size_t bad_capacity;
  // Receives the number of bad rows, also of those that did not fit.
  size_t bad_count;
} motcua_rows;

// A suspension of a clock.
typedef struct {
  // When it began.
  motcua_moment from;
  // When it ended; not read if it has not.
  motcua_moment to;
  // Whether it has ended.
  bool ended;
  // A motcua_policy.
  int32_t policy;
  // Why.
  motcua_str reason;
} motcua_suspension;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The ABI version of the library that was loaded; compare it with MOTCUA_ABI_VERSION of the header.
uint32_t motcua_abi_version(void);

// Gives the calendar of Vietnam's public sector: 2013 to 2027 as announced, to 2100 projected by rule. Free it with
// motcua_calendar_free.
//
// # Safety
// `calendar` can be written; `err` is NULL or can be written.
motcua_status motcua_calendar_vietnam(motcua_calendar **calendar,
                                      motcua_error **err);

// Frees a calendar.
//
// # Safety
// `calendar` is NULL or a calendar of this library that has not been freed.
void motcua_calendar_free(motcua_calendar *calendar);

// The n-th working day after a date, which itself is not counted; with a negative n before it, with 0 the date itself.
// Worked Saturdays count.
//
// # Safety
// `calendar` is a calendar of this library; `result` can be written; `err` is NULL or can be written.
motcua_status motcua_calendar_add_working_days(const motcua_calendar *calendar,
                                               motcua_date date,
                                               int32_t n,
                                               motcua_date *result,
                                               motcua_error **err);

// The working days after `from` up to and including `to`; negative if `to` is earlier.
//
// # Safety
// As motcua_calendar_add_working_days.
motcua_status motcua_calendar_count_working_days(const motcua_calendar *calendar,
                                                 motcua_date from,
                                                 motcua_date to,
                                                 int32_t *result,
                                                 motcua_error **err);

// The moment after so many working minutes, which may be negative.
//
// # Safety
// As motcua_calendar_add_working_days.
motcua_status motcua_calendar_add_working_minutes(const motcua_calendar *calendar,
                                                  motcua_moment at,
                                                  int64_t minutes,
                                                  motcua_moment *result,
                                                  motcua_error **err);

// The working seconds from one moment to another; negative if `to` is earlier.
//
// # Safety
// As motcua_calendar_add_working_days.
motcua_status motcua_calendar_count_working_seconds(const motcua_calendar *calendar,
                                                    motcua_moment from,
                                                    motcua_moment to,
                                                    int64_t *result,
                                                    motcua_error **err);

// What a day is, and why, as JSON: kind, names, source, known_since, projected.
//
// # Safety
// `calendar` is a calendar of this library; `day` can be written; `err` is NULL or can be written.
motcua_status motcua_calendar_day(const motcua_calendar *calendar,
                                  motcua_date date,
                                  motcua_text *day,
                                  motcua_error **err);

// The last day that rests on announcements. Results after it, in columns too, are projected: an announcement may still
// change the days that they rest on.
//
// # Safety
// As motcua_calendar_day; `date` can be written.
motcua_status motcua_calendar_announced_to(const motcua_calendar *calendar,
                                           motcua_date *date,
                                           motcua_error **err);

// Whether the office is open at a moment.
//
// # Safety
// As motcua_calendar_day; `open` can be written.
motcua_status motcua_calendar_is_open(const motcua_calendar *calendar,
                                      motcua_moment at,
                                      bool *open,
                                      motcua_error **err);

// The calendar as one could know it on a date: without the announcements and laws that came later. Free it with
// motcua_calendar_free.
//
// # Safety
// As motcua_calendar_day; `known` can be written.
motcua_status motcua_calendar_as_known_on(const motcua_calendar *calendar,
                                          motcua_date date,
                                          motcua_calendar **known,
                                          motcua_error **err);

// The questions that the law leaves open, as JSON: pairs of a question and the answer that this calendar gives.
//
// # Safety
// As motcua_calendar_day; `questions` can be written.
motcua_status motcua_calendar_questions(const motcua_calendar *calendar,
                                        motcua_text *questions,
                                        motcua_error **err);

// The calendar with another answer to an open question. Free it with motcua_calendar_free.
//
// # Safety
// As motcua_calendar_day; the texts are as motcua_str says; `other` can be written.
motcua_status motcua_calendar_answering(const motcua_calendar *calendar,
                                        motcua_str question,
                                        motcua_str answer,
                                        motcua_calendar **other,
                                        motcua_error **err);

// The calendar of a unit: this one, with what the unit decides for itself, from TOML text whose format is explained in
// core/data/calendar/units.md. `file` is its name in messages. Free it with motcua_calendar_free.
//
// # Safety
// As motcua_calendar_answering.
motcua_status motcua_calendar_for_unit(const motcua_calendar *calendar,
                                       motcua_str file,
                                       motcua_str text,
                                       motcua_calendar **other,
                                       motcua_error **err);

// The days on which two calendars differ, as JSON: a list of {"before": day, "after": day}.
//
// # Safety
// As motcua_calendar_day, for both calendars; `changes` can be written.
motcua_status motcua_calendar_changes(const motcua_calendar *before,
                                      const motcua_calendar *after,
                                      motcua_text *changes,
                                      motcua_error **err);

// Starts a clock. Free it with motcua_clock_free.
//
// # Safety
// `rule` is valid with its texts; `clock` can be written; `err` is NULL or can be written.
motcua_status motcua_clock_new(const motcua_rule *rule,
                               motcua_moment started,
                               motcua_clock **clock,
                               motcua_error **err);

// Reads a clock that motcua_clock_json wrote. Free it with motcua_clock_free.
//
// # Safety
// `text` is as motcua_str says; `clock` can be written; `err` is NULL or can be written.
motcua_status motcua_clock_parse(motcua_str text, motcua_clock **clock, motcua_error **err);

// Frees a clock.
//
// # Safety
// `clock` is NULL or a clock of this library that has not been freed.
void motcua_clock_free(motcua_clock *clock);

// The clock with its whole ledger as JSON; motcua_clock_parse reads it.
//
// # Safety
// `clock` is a clock of this library; `text` can be written; `err` is NULL or can be written.
motcua_status motcua_clock_json(const motcua_clock *clock, motcua_text *text, motcua_error **err);

// Writes down what happens to a clock, as JSON: {"suspend": {"reason": "…", "policy": "pause", "answer_within": "15 day"}},
// {"resume": {"suspension": 0}}, {"extend": {"by": "5 working_day", "kind": "fixed", "reason": "…"}},
// {"start_leg": {"leg": "…", "rule": {"limit": "3 working_day", "on_suspension": "pause"}}}, {"stop_leg": {"leg": "…"}},
// "stop".
//
// # Safety
// `clock` is a clock of this library; `what` is as motcua_str says; `err` is NULL or can be written.
motcua_status motcua_clock_change(motcua_clock *clock,
                                  motcua_moment at,
                                  motcua_str what,
                                  motcua_error **err);

// Begins the suspension that the law has for an incident, or makes the limit longer `by` so much if that is what the law
// has for it (`by` is empty otherwise). motcua_incidents lists them.
//
// # Safety
// As motcua_clock_change.
motcua_status motcua_clock_incident(motcua_clock *clock,
                                    motcua_moment at,
                                    motcua_str incident,
                                    motcua_str by,
                                    motcua_error **err);

// Puts the result off, with an apology, once, at least a day before it is due.
//
// # Safety
// As motcua_clock_change; `calendar` is a calendar of this library.
motcua_status motcua_clock_reappoint(motcua_clock *clock,
                                     motcua_moment at,
                                     motcua_moment to,
                                     motcua_str reason,
                                     const motcua_calendar *calendar,
                                     motcua_error **err);

// Writes down late what happened earlier, or annuls an entry ({"annul": {"entry": 0}}), and gives as JSON what that
// changed: the due date before and after, and every due date that held, as told before and now.
//
// # Safety
// As motcua_clock_change; `calendar` is a calendar of this library; `correction` can be written.
motcua_status motcua_clock_record(motcua_clock *clock,
                                  motcua_moment at,
                                  motcua_moment recorded,
                                  motcua_str what,
                                  const motcua_calendar *calendar,
                                  motcua_text *correction,
                                  motcua_error **err);

// When the result is due, as the record stands.
//
// # Safety
// `clock` and `calendar` are of this library; `due` can be written; `err` is NULL or can be written.
motcua_status motcua_clock_due(const motcua_clock *clock,
                               const motcua_calendar *calendar,
                               motcua_due *due,
                               motcua_error **err);

// Why it is due then. `format` is a motcua_format.
//
// # Safety
// As motcua_clock_due; `explanation` can be written.
motcua_status motcua_clock_explain(const motcua_clock *clock,
                                   const motcua_calendar *calendar,
                                   int32_t format,
                                   motcua_text *explanation,
                                   motcua_error **err);

// How a clock stands at a moment, as JSON: `status` (phase, due, timeliness, what is left), `dues` (every due date that
// held, with its cause), `milestones` and `legs` with their due dates, `lapses` (when an unanswered request does),
// `forward_by` (when the papers go on). Early and late are told apart by the instant if `by_instant`, else by the date.
//
// # Safety
// As motcua_clock_due; `report` can be written.
motcua_status motcua_clock_report(const motcua_clock *clock,
                                  const motcua_calendar *calendar,
                                  motcua_moment at,
                                  bool by_instant,
                                  motcua_text *report,
                                  motcua_error **err);

// The due date of a clock by two calendars, such as one as known on an earlier day, and the days that make the difference,
// as JSON.
//
// # Safety
// As motcua_clock_due, for both calendars; `change` can be written.
motcua_status motcua_clock_compare(const motcua_clock *clock,
                                   const motcua_calendar *before,
                                   const motcua_calendar *after,
                                   motcua_text *change,
                                   motcua_error **err);

// What the law says of the clock when something happens on the way, as JSON: a list of rules with ids, dates in force and
// sources.
//
// # Safety
// `incidents` can be written; `err` is NULL or can be written.
motcua_status motcua_incidents(motcua_text *incidents,
                               motcua_error **err);

// Reads a time limit as a document writes it, and gives as JSON the limit and what stands beside it: exclusions,
// extensions, other cases. What can be read in several ways is an error that names them.
//
// # Safety
// `text` is as motcua_str says; `reading` can be written; `err` is NULL or can be written.
motcua_status motcua_time_limit_read(motcua_str text,
                                     motcua_text *reading,
                                     motcua_error **err);

// Reads the limits of a procedure from TOML text. `file` is its name in messages. Free it with motcua_limit_table_free.
//
// # Safety
// The texts are as motcua_str says; `table` can be written; `err` is NULL or can be written.
motcua_status motcua_limit_table_load(motcua_str file,
                                      motcua_str text,
                                      motcua_limit_table **table,
                                      motcua_error **err);

// Frees a table of limits.
//
// # Safety
// `table` is NULL or a table of this library that has not been freed.
void motcua_limit_table_free(motcua_limit_table *table);

// The clock of a case, by the row of the table that fits it. The case is JSON: {"on": "2026-06-05", "facts": {"remote":
// "yes"}, "quantity": 2, "events": {"complete_dossier": "2026-06-05T15:10:00+07:00"}}.
//
// # Safety
// `table` is a table of this library; `case` is as motcua_str says; `clock` can be written; `err` is NULL or can be
// written.
motcua_status motcua_limit_table_clock(const motcua_limit_table *table,
                                       motcua_str case_,
                                       motcua_clock **clock,
                                       motcua_error **err);

// Gives cohorts without a row: `groups` numbers from 0, by spans that are a motcua_span, of dossiers received from `first`
// to `last`; rows received before or after are left out, and what is open is judged at the end of `last`. Handling times are
// counted in the working days of `times`; with NULL none are. Each group and span takes 576 bytes, without times 64. Free them
// with motcua_cohorts_free.
//
// # Safety
// `times` is NULL or a calendar of this library; `cohorts` can be written; `err` is NULL or can be written.
motcua_status motcua_cohorts_new(uint32_t groups,
                                 int32_t span,
                                 motcua_date first,
                                 motcua_date last,
                                 const motcua_calendar *times,
                                 motcua_cohorts **cohorts,
                                 motcua_error **err);

// Frees cohorts.
//
// # Safety
// `cohorts` is NULL or cohorts of this library that have not been freed.
void motcua_cohorts_free(motcua_cohorts *cohorts);

// Counts a batch of rows, on at most so many threads; 0 and 1 both mean on the caller's, and so does a small batch. If a row
// cannot be counted, the call fails, the message says which and why, and nothing of the batch is counted.
//
// # Safety
// `cohorts` are cohorts of this library that nothing else uses meanwhile; each column has `rows` values; `err` is NULL or can
// be written.
motcua_status motcua_cohorts_add(motcua_cohorts *cohorts,
                                 const motcua_cohort_columns *columns,
                                 size_t rows,
                                 size_t threads,
                                 motcua_error **err);

// Adds what was counted of other rows by the same groups, spans, days and calendar.
//
// # Safety
// `cohorts` and `other` are two cohorts of this library, the first of which nothing else uses meanwhile; `err` is NULL or can
// be written.
motcua_status motcua_cohorts_merge(motcua_cohorts *cohorts,
                                   const motcua_cohorts *other,
                                   motcua_error **err);

// What was counted of a group in the span that holds a day.
//
// # Safety
// `cohorts` are cohorts of this library; `result` can be written; `err` is NULL or can be written.
motcua_status motcua_cohorts_get(const motcua_cohorts *cohorts,
                                 uint32_t group,
                                 motcua_date day,
                                 motcua_cohort *result,
                                 motcua_error **err);

// How many working days of those settled it took up to a percentile, 0 to 100, between two of them in proportion. NaN if none
// was settled, or no times are counted.
//
// # Safety
// As motcua_cohorts_get.
motcua_status motcua_cohorts_percentile(const motcua_cohorts *cohorts,
                                        uint32_t group,
                                        motcua_date day,
                                        double percent,
                                        double *result,
                                        motcua_error **err);

// How many rows came, and how many of them were left out since they were received before or after. Each place may be NULL.
//
// # Safety
// `cohorts` are cohorts of this library; `rows`, `outside` and `err` are each NULL or can be written.
motcua_status motcua_cohorts_rows(const motcua_cohorts *cohorts,
                                  uint64_t *rows,
                                  uint64_t *outside,
                                  motcua_error **err);

// motcua_calendar_add_working_days for a column of dates, counted in days from 1970-01-01. `steps` has one number for
// all rows or one for each. MOTCUA_NO_DATE gives itself. Bad rows become MOTCUA_NO_DATE and make the call fail; all others
// have their answer nevertheless. `roll` is a motcua_roll; `options` may be NULL.
//
// # Safety
// `calendar` is a calendar of this library; `dates` and `result` have `rows` values and `steps` has `step_count`;
// `options` is NULL or valid; `err` is NULL or can be written.
motcua_status motcua_column_add_working_days(const motcua_calendar *calendar,
                                             const int32_t *dates,
                                             size_t rows,
                                             const int32_t *steps,
                                             size_t step_count,
                                             int32_t roll,
                                             motcua_rows *options,
                                             int32_t *result,
                                             motcua_error **err);

// motcua_calendar_count_working_days for a column: the working days after `from` up to and including `to`, or, with
// `last_excluded`, from `from` on up to `to`, which is not counted.
//
// # Safety
// As motcua_column_add_working_days; `from` and `to` have `rows` values.
motcua_status motcua_column_count_working_days(const motcua_calendar *calendar,
                                               const int32_t *from,
                                               const int32_t *to,
                                               size_t rows,
                                               bool last_excluded,
                                               motcua_rows *options,
                                               int64_t *result,
                                               motcua_error **err);

// The moments after so many working seconds, which may be negative, for a column of moments, counted in seconds from
// 1970-01-01 00:00, Vietnam time. `seconds` has one number for all rows or one for each.
//
// # Safety
// As motcua_column_add_working_days.
motcua_status motcua_column_add_working_seconds(const motcua_calendar *calendar,
                                                const int64_t *at,
                                                size_t rows,
                                                const int64_t *seconds,
                                                size_t second_count,
                                                motcua_rows *options,
                                                int64_t *result,
                                                motcua_error **err);

// The working seconds from one moment to another, for a column of moments.
//
// # Safety
// As motcua_column_add_working_days.
motcua_status motcua_column_count_working_seconds(const motcua_calendar *calendar,
                                                  const int64_t *from,
                                                  const int64_t *to,
                                                  size_t rows,
                                                  motcua_rows *options,
                                                  int64_t *result,
                                                  motcua_error **err);

// Due dates for a column: received at `received`, under the rule whose number stands in `which` (one for all rows or one
// for each), with one suspension from `suspended_from` to `suspended_to`, which does what the rule's on_suspension says.
// Both may be NULL. A row without a reception, whose limit gives no date, or whose suspension lasts (`suspended_to` is
// MOTCUA_NO_MOMENT) gives MOTCUA_NO_MOMENT and is not bad.
//
// # Safety
// As motcua_column_add_working_days; `rules` has `rule_count` rules, all valid.
motcua_status motcua_column_due(const motcua_calendar *calendar,
                                const int64_t *received,
                                size_t rows,
                                const motcua_rule *rules,
                                size_t rule_count,
                                const uint16_t *which,
                                size_t which_count,
                                const int64_t *suspended_from,
                                const int64_t *suspended_to,
                                motcua_rows *options,
                                int64_t *result,
                                motcua_error **err);

// Reads a time limit, as files have it (`3 working_day`) or as documents write it (`03 ngày làm việc`), and gives it
// as files have it.
//
// # Safety
// `text` is as motcua_str says; `canonical` can be written; `err` is NULL or can be written.
motcua_status motcua_time_limit_parse(motcua_str text,
                                      motcua_text *canonical,
                                      motcua_error **err);

// When something received at a moment is due, under a limit, with a cut-off hour or NULL, and with suspensions, which
// may overlap.
//
// # Safety
// `calendar` is a calendar of this library; `limit` is as motcua_str says; `cut_off` is NULL or valid; `suspensions`
// points to `suspension_count` of them or the count is 0; `due` can be written; `err` is NULL or can be written.
motcua_status motcua_due_date(const motcua_calendar *calendar,
                              motcua_str limit,
                              motcua_moment received,
                              const motcua_cut_off *cut_off,
                              const motcua_suspension *suspensions,
                              size_t suspension_count,
                              motcua_due *due,
                              motcua_error **err);

// Why it is due then: the rules used, each skipped day with its source, the suspensions. `format` is a
// motcua_format.
//
// # Safety
// As motcua_due_date; `explanation` can be written.
motcua_status motcua_due_explain(const motcua_calendar *calendar,
                                 motcua_str limit,
                                 motcua_moment received,
                                 const motcua_cut_off *cut_off,
                                 const motcua_suspension *suspensions,
                                 size_t suspension_count,
                                 int32_t format,
                                 motcua_text *explanation,
                                 motcua_error **err);

// Opens an engine on a journal file, which is made if there is none, with the procedures and the calendar of the
// library. `organisation` is TOML with the units and officers ([[unit]], [[officer]]); `procedures` is TOML with
// procedures of one's own ([[procedure]]), or empty. Free it with motcua_engine_free.
//
// # Safety
// The texts are as motcua_str says; `engine` can be written; `err` is NULL or can be written.
motcua_status motcua_engine_open(motcua_str path,
                                 motcua_str organisation,
                                 motcua_str procedures,
                                 motcua_engine **engine,
                                 motcua_error **err);

// Closes an engine. What it has answered for is stored.
//
// # Safety
// `engine` is NULL or an engine of this library that has not been freed.
void motcua_engine_free(motcua_engine *engine);

// Carries out one command in JSON and stores its event; `answer` is JSON. If the call fails, nothing has changed.
//
// # Safety
// `engine` is an engine of this library; `command` is as motcua_str says; `answer` can be written; `err` is NULL or
// can be written.
motcua_status motcua_engine_command(motcua_engine *engine,
                                    motcua_str command,
                                    motcua_text *answer,
                                    motcua_error **err);

// Carries out commands in their order, each for itself, and stores the events of those that are not refused in one
// transaction. `commands` is a JSON array; `results` is one of as many, in its order: `{"answer": …}` as of
// motcua_engine_command, or `{"error": {"code": …, "message": …, "vi": …}}` of a command that is refused or cannot be
// read. If the call itself fails, nothing has changed.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_handle_each(motcua_engine *engine,
                                        motcua_str commands,
                                        motcua_text *results,
                                        motcua_error **err);

// What would come of a command, without doing it: the answer that motcua_engine_command would give now, or its failure.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_dry_run(motcua_engine *engine,
                                    motcua_str command,
                                    motcua_text *answer,
                                    motcua_error **err);

// Whom to give a running step: the id of an officer who is there at `now` and may do it; empty if there is none. `policy`
// is
// `round_robin`, the next in turn after `last`, who was chosen last time, empty for nobody; `least_loaded`, who has the
// least to do; or `by_hand`, which suggests nobody. Nothing is assigned; send `assign` to do that.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_suggest(const motcua_engine *engine,
                                    motcua_str dossier,
                                    motcua_str step,
                                    motcua_str policy,
                                    motcua_str last,
                                    motcua_moment now,
                                    motcua_text *officer,
                                    motcua_error **err);

// The open dossiers whose due date is another by another calendar, such as one with a day off that was announced late, a
// JSON array in the order of their codes: `dossier`, `before`, `after`, and `because`, the days that make the difference.
//
// # Safety
// As motcua_engine_command; `after` is a calendar of this library.
motcua_status motcua_engine_moved(const motcua_engine *engine,
                                  const motcua_calendar *after,
                                  motcua_text *moved,
                                  motcua_error **err);

// Counts by another calendar from now on, and projects anew what is to be done of each open dossier, and by which unit, as
// units are on the day `today`; `open` is the number of these dossiers. Ask motcua_engine_moved before, to tell those
// concerned. An engine begins with the calendar of the library each time it is opened. The same calendar will do after an
// organisation changed.
//
// # Safety
// As motcua_engine_command; `calendar` is a calendar of this library, `open` can be written.
motcua_status motcua_engine_announce(motcua_engine *engine,
                                     const motcua_calendar *calendar,
                                     motcua_date today,
                                     size_t *open,
                                     motcua_error **err);

// The events of a dossier, a JSON array, empty for an unknown one.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_events(const motcua_engine *engine,
                                   motcua_str dossier,
                                   motcua_text *events,
                                   motcua_error **err);

// A dossier as it stands, a JSON object, or `null` for an unknown one.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_dossier(const motcua_engine *engine,
                                    motcua_str dossier,
                                    motcua_text *result,
                                    motcua_error **err);

// What is to be done, earliest due first, a JSON array. `filter` is empty, or a JSON object with any of `unit`,
// `role`, `assignee`, `due_before`, `step_due_before` and `order`, which is `due` or `step_due`.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_work_list(const motcua_engine *engine,
                                      motcua_str filter,
                                      motcua_text *work,
                                      motcua_error **err);

// The duties in a dossier as they stand at a moment, a JSON array, empty for an unknown one: what the law wants done by a
// time, by whom, and whether it was. `state` is `due`, `met`, `missed`, `fell_away` or `untold`.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_duties(const motcua_engine *engine,
                                   motcua_str dossier,
                                   motcua_moment now,
                                   motcua_text *duties,
                                   motcua_error **err);

// What falls due up to a moment, over all dossiers, earliest first, a JSON array. The command that one waits for, or
// `notify` with the notice `reminder`, takes it off the list.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_wakeups(const motcua_engine *engine,
                                    motcua_moment until,
                                    motcua_text *wakeups,
                                    motcua_error **err);

// When something falls due next, over all dossiers: what to set a timer to. A text like `2023-06-01T17:00:00+07:00`, which
// may be past; empty if nothing ever does.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_next_wakeup(const motcua_engine *engine,
                                        motcua_text *at,
                                        motcua_error **err);

// The report of the days from `first` to `last`, a JSON object: Biểu 06/VPCP/KSTT by field, the ratios with their
// numerators and denominators, and the scorecard of QĐ 766.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_report(const motcua_engine *engine,
                                   motcua_date first,
                                   motcua_date last,
                                   motcua_text *report,
                                   motcua_error **err);

// Why a dossier is due when it is; empty if there is no such dossier, or its clock has not started. `format` is a
// motcua_format.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_explain_due(const motcua_engine *engine,
                                        motcua_str dossier,
                                        int32_t format,
                                        motcua_text *explanation,
                                        motcua_error **err);

// The stable code, such as `deadline.unit_unknown`. Lives as long as the error; empty for NULL.
//
// # Safety
// `error` is NULL or an error of this library that has not been freed.
motcua_str motcua_error_code(const motcua_error *error);

// What is wrong, where, and how to mend it, in English. Lives as long as the error; empty for NULL.
//
// # Safety
// As motcua_error_code.
motcua_str motcua_error_message(const motcua_error *error);

// The same in Vietnamese.
//
// # Safety
// As motcua_error_code.
motcua_str motcua_error_message_vi(const motcua_error *error);

// Frees an error.
//
// # Safety
// `error` is NULL or an error of this library that has not been freed.
void motcua_error_free(motcua_error *error);

// Whether every event of the journal is what was stored, and follows the one before it, and whether the journal still
// begins with what it was at an earlier head: `known`, as an earlier call gave it, or empty. Gives the head of today as JSON,
// `{"size": 8, "root": "…"}`; keep it elsewhere, since a journal that is cut off or written anew shows by that alone. Fails
// with `journal.tampered`, which names the event, or `journal.head_differs`.
//
// # Safety
// As motcua_engine_command; `head` can be written.
motcua_status motcua_engine_verify(const motcua_engine *engine,
                                   motcua_str known,
                                   motcua_text *head,
                                   motcua_error **err);

// Erases for ever the words in the events of a dossier, where the law wants it: who applied, reasons, opinions, notes. What
// happened, when and by whom stays, and so does what motcua_engine_verify looks at. `events` is the number of those that
// had words.
//
// # Safety
// As motcua_engine_command; `events` can be written.
motcua_status motcua_engine_erase(motcua_engine *engine,
                                  motcua_str dossier,
                                  uint64_t *events,
                                  motcua_error **err);

// Writes a copy of the journal to another file, which must not be there, while others read and write. It is a journal like
// this one.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_backup(const motcua_engine *engine,
                                   motcua_str path,
                                   motcua_error **err);

// A statutory slip of a dossier, of its last event of that kind. `form` is one of `receipt`, `supplement_request`,
// `refusal`, `apology`, `stop_notice` and `control_slip`; `particulars` a JSON object with the persons and the office, as
// motcua keeps no personal data; `format` a motcua_slip_format. A dossier that has not come to it has none.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_slip(const motcua_engine *engine,
                                 motcua_str dossier,
                                 motcua_str form,
                                 motcua_str particulars,
                                 int32_t format,
                                 motcua_text *slip,
                                 motcua_error **err);

// The register of a year, or a volume of it. `volume` is a JSON object: `rows`, each with `dossier` and `particulars`;
// `first`, the number of the first row, 1 if absent; `office`. `format` is a motcua_slip_format.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_register(const motcua_engine *engine,
                                     motcua_str volume,
                                     int32_t format,
                                     motcua_text *register_,
                                     motcua_error **err);

// The routing of a dossier as it stands at a moment: what is done, what runs and with whom, what is late. `format` is a
// motcua_picture_format.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_picture(const motcua_engine *engine,
                                    motcua_str dossier,
                                    motcua_moment now,
                                    int32_t format,
                                    motcua_text *picture,
                                    motcua_error **err);

// The routing of a procedure in its version of a day: who does what, in which time. `format` is a motcua_picture_format.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_procedure_picture(const motcua_engine *engine,
                                              motcua_str procedure,
                                              motcua_date day,
                                              int32_t format,
                                              motcua_text *picture,
                                              motcua_error **err);

// A view of a C string, without its NUL byte; empty for NULL.
//
// # Safety
// `text` is NULL or points to bytes that end with a NUL byte.
motcua_str motcua_str_of(const char *text);

// Frees a text that this library gave, and empties it; an empty one is left alone.
//
// # Safety
// `text` is NULL, or points to a motcua_text that is empty or was written by this library.
void motcua_text_free(motcua_text *text);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* MOTCUA_H */
