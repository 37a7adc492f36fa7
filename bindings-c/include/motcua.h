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
 *   motcua_error_free; if the call succeeds it is set to NULL. Outputs are written only on success.
 * - Texts are UTF-8. A motcua_str is borrowed for the call, may hold NUL bytes and need not end with one; data may be
 *   NULL if len is 0. A motcua_text is owned by the caller, ends with a NUL byte that len does not count, and is
 *   freed with motcua_text_free.
 * - Handles are opaque, created and freed in pairs; freeing NULL does nothing.
 * - Moments and dates are Vietnam time (UTC+07:00).
 * - Commands, and the file of units and officers, are explained in ARCHITECTURE.md.
 * - No panic leaves the library: it becomes MOTCUA_PANIC. An engine in which one occurred answers MOTCUA_POISONED
 *   from then on; free it and open it again.
 * - A motcua_calendar may be used by several threads at once. A motcua_engine may be handed from thread to thread;
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_cut_off_effect motcua_cut_off_effect;
#else
typedef int32_t motcua_cut_off_effect;
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_format motcua_format;
#else
typedef int32_t motcua_format;
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
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum motcua_policy motcua_policy;
#else
typedef int32_t motcua_policy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A calendar.
typedef struct motcua_calendar motcua_calendar;

// An engine on one journal file.
typedef struct motcua_engine motcua_engine;

// Why a call failed.
typedef struct motcua_error motcua_error;

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

// A text lent for one call: UTF-8, `len` bytes. `data` may be NULL if `len` is 0.
typedef struct {
  // First byte.
  const char *data;
  // Number of bytes.
  size_t len;
} motcua_str;

// A text of the caller's own: UTF-8, `len` bytes and a NUL byte after them. Free it with motcua_text_free.
typedef struct {
  // First byte; NULL after motcua_text_free.
  char *data;
  // Number of bytes, without the NUL.
  size_t len;
} motcua_text;

// An hour after which a reception counts differently.
typedef struct {
  // 0 to 23.
  uint32_t hour;
  // 0 to 59.
  uint32_t minute;
  // A motcua_cut_off_effect.
  int32_t effect;
} motcua_cut_off;

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

// A due date.
typedef struct {
  // A motcua_due_kind.
  int32_t kind;
  // The moment, if the kind is MOTCUA_DUE_AT; else zeros.
  motcua_moment at;
} motcua_due;

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

// Reads a time limit, as files have it (`3 working_day`) or as documents write it (`03 ngày làm việc`), and gives it
// as files have it.
//
// # Safety
// `text` is as motcua_str says; `canonical` can be written; `err` is NULL or can be written.
motcua_status motcua_time_limit_parse(motcua_str text,
                                      motcua_text *canonical,
                                      motcua_error **err);

// When something received at a moment is due, under a limit, with a cut-off hour or NULL, and with suspensions in the
// order of time.
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
// `role`, `assignee` and `due_before`.
//
// # Safety
// As motcua_engine_command.
motcua_status motcua_engine_work_list(const motcua_engine *engine,
                                      motcua_str filter,
                                      motcua_text *work,
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
