/* 64-bit ARM with the dot product of Armv8.2 (sdot): four products and sums by one instruction. */
#include "kernel.h"

#if defined(__aarch64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#else
#pragma GCC target("arch=armv8.2-a+dotprod")
#endif
#include "kernel_neon.h"

#if defined(__linux__)
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#define KERNEL kernel_neon_dot
#define NAME "neon-dotprod"
#define dot(sums, values, weights) (ints) vdotq_s32((int32x4_t)(sums), (int8x16_t)(weights), (int8x16_t)(values))

static int runs(void) {
#if defined(__linux__)
  return getauxval(AT_HWCAP) >> 20 & 1; /* HWCAP_ASIMDDP */
#elif defined(__APPLE__)
  int found = 0;
  size_t size = sizeof found;
  return !sysctlbyname("hw.optional.arm.FEAT_DotProd", &found, &size, NULL, 0) && found;
#else
  return 0;
#endif
}

#include "kernel_body.h"

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
