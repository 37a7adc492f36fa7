// The header in two translation units of one C++ program.
#include <motcua.h>
#include <motcua.h>

bool other_unit_agrees();

int main() {
    motcua_calendar *calendar = nullptr;
    motcua_status status = motcua_calendar_vietnam(&calendar, nullptr);
    motcua_calendar_free(calendar);
    return status == MOTCUA_OK && other_unit_agrees() ? 0 : 1;
}
