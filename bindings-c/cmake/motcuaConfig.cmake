# Gives the target motcua::motcua.
get_filename_component(_motcua_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET motcua::motcua)
  add_library(motcua::motcua SHARED IMPORTED)
  set_target_properties(motcua::motcua PROPERTIES
    IMPORTED_LOCATION "${_motcua_prefix}/lib/libmotcua.so"
    IMPORTED_SONAME "libmotcua.so.0"
    INTERFACE_INCLUDE_DIRECTORIES "${_motcua_prefix}/include")
endif()
unset(_motcua_prefix)
