/* What was not handed out of an arena may not be touched: AddressSanitizer watches over it where it is
 * built in. Private to arena.c. */
#ifndef BASE_ARENA_GUARD_H
#define BASE_ARENA_GUARD_H

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_GUARDED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_GUARDED 1
#endif
#endif

#ifdef ARENA_GUARDED
#include <sanitizer/asan_interface.h>
enum { ARENA_GAP = 16 }; /* behind each piece */
#define ARENA_FORBID(octets, len) __asan_poison_memory_region(octets, len)
#define ARENA_ALLOW(octets, len) __asan_unpoison_memory_region(octets, len)
#else
enum { ARENA_GAP = 0 };
#define ARENA_FORBID(octets, len) ((void)0)
#define ARENA_ALLOW(octets, len) ((void)0)
#endif

#endif
