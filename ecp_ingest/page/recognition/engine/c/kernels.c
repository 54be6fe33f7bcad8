#include "kernel.h"
#include "line_engine.h"

#if defined(__x86_64__)
extern const kernel kernel_avx512, kernel_avx2;
#elif defined(__aarch64__)
extern const kernel kernel_neon_dot, kernel_neon;
#endif
extern const kernel kernel_plain;

const kernel *const kernels[] = {
#if defined(__x86_64__)
    &kernel_avx512, &kernel_avx2,
#elif defined(__aarch64__)
    &kernel_neon_dot, &kernel_neon,
#endif
    &kernel_plain, NULL};

int32_t line_engine_interface(void) { return LINE_ENGINE_INTERFACE; }

int32_t line_kernel_count(void) {
  int32_t count = 0;
  while (kernels[count]) count++;
  return count;
}

const char *line_kernel_name(int32_t kernel) {
  return kernel >= 0 && kernel < line_kernel_count() ? kernels[kernel]->name : NULL;
}

int32_t line_kernel_runs(int32_t kernel) {
  return kernel >= 0 && kernel < line_kernel_count() && kernels[kernel]->runs();
}
