// Prepares the process environment before libtorch and its BLAS load. It must not depend on either.
//
// OpenBLAS 0.3.21 picks its kernels by CPU family and does not know AMD's newer ones: on Zen 5 it takes kernels without AVX-512, which halves
// fp32 matrix products. Intel's families it knows, and forcing one kernel there would be a loss, so only other makers' CPUs with
// AVX-512 are told SkylakeX.
//
// libgomp lets a thread that waits for the others spin for milliseconds. Where anything else wants the processors, the spinning takes them
// from the thread that is waited for: with two busy neighbours on two cores a training step took ten times as long. A short spin, then sleep,
// costs microseconds when alone. (libgomp does the same by itself once it has more threads than processors.)
//
// cuBLAS splits its work over streams by workspaces of its own unless it is given a fixed one; then the order of a sum is the same every time.
//
// A value that is already set stays.
#include <stdint.h>
#include <stdlib.h>

#define SAT_API __attribute__((visibility("default")))

#if defined(__x86_64__)
static int wants_skylakex(void) {
  __builtin_cpu_init();
  return !__builtin_cpu_is("intel") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#else
static int wants_skylakex(void) { return 0; }
#endif

static void wait_politely(void) {
  if (getenv("OMP_WAIT_POLICY") == NULL) setenv("GOMP_SPINCOUNT", "1000", 0);
}

// What became of OpenBLAS's kernels. 0: nothing to do, 1: set here, 2: the user had set it.
SAT_API int32_t sat_env_prepare(void) {
  wait_politely();
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
  if (getenv("OPENBLAS_CORETYPE") != NULL) return 2;
  if (!wants_skylakex()) return 0;
  return setenv("OPENBLAS_CORETYPE", "SkylakeX", 0) == 0 ? 1 : 0;
}
