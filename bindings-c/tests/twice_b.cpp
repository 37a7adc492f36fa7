#include <motcua.h>

bool other_unit_agrees();

bool other_unit_agrees() { return motcua_abi_version() == MOTCUA_ABI_VERSION; }
