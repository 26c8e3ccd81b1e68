// The C ABI between SslAgent and libtorch.
//
// Conventions
//   * Nothing throws across this boundary. A function that can fail returns 0 for success and 1 for failure (or null where it
//     returns a handle); the C++ message is then waiting in sat_take_error() of the same thread, to be read once.
//   * A tensor handle is one strong reference to a tensor. Whoever received it gives it back with sat_tensor_free.
//   * Handles passed in are borrowed for the duration of the call.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SAT_ABI 1

// One argument or result of an operator, 16 bytes. `count` is the length of a list or string, or a device's index.
typedef struct {
  int32_t tag;
  int32_t count;
  union {
    int64_t i;
    double d;
    void* p;
  } v;
} sat_value;

enum {
  SAT_DEFAULT = 0,      // take the schema's default
  SAT_NONE = 1,         // None
  SAT_TENSOR = 2,       // v.p: tensor handle
  SAT_TENSOR_LIST = 3,  // v.p: array of `count` handles, null elements are None
  SAT_INT = 4,
  SAT_DOUBLE = 5,
  SAT_BOOL = 6,
  SAT_INT_LIST = 7,     // v.p: int64_t[count]
  SAT_DOUBLE_LIST = 8,  // v.p: double[count]
  SAT_DEVICE = 9,       // v.i: device type, count: index
  SAT_STRING = 10,      // v.p: UTF-8, `count` bytes
  SAT_GENERATOR = 11    // v.p: generator handle
};

// What a tensor is, in one call.
typedef struct {
  int64_t numel;
  int64_t storage_offset;
  void* data;  // null where the tensor has no storage
  int32_t dtype;
  int32_t device_type;
  int32_t device_index;
  int32_t dim;
  int32_t element_size;
  int32_t flags;  // SAT_FLAG_*
} sat_meta;

enum { SAT_FLAG_CONTIGUOUS = 1, SAT_FLAG_REQUIRES_GRAD = 2, SAT_FLAG_LEAF = 4, SAT_FLAG_SPARSE = 8 };

// library
int32_t sat_abi(void);
const char* sat_take_error(void);
const char* sat_version(void);
const char* sat_blas_info(void);

// operators, by the dispatcher's name ("aten::add") and overload ("Tensor")
void* sat_op_lookup(const char* name, const char* overload);
int32_t sat_op_call(void* op, const sat_value* args, int32_t nargs, sat_value* results, int32_t nresults);
void sat_list_free(void* list);

// tensors
void sat_tensor_free(void* tensor);
void* sat_tensor_retain(void* tensor);
int64_t sat_tensor_live(void);
int32_t sat_tensor_meta(void* tensor, sat_meta* meta);
int32_t sat_tensor_sizes(void* tensor, int64_t* sizes, int64_t* strides, int32_t capacity);
void* sat_tensor_from_memory(const void* data, int32_t dtype, const int64_t* sizes, int32_t dim, int32_t device_type, int32_t device_index,
                             int32_t requires_grad);

// autograd
int32_t sat_tensor_set_requires_grad(void* tensor, int32_t value);
int32_t sat_tensor_retain_grad(void* tensor);
int32_t sat_tensor_grad(void* tensor, void** grad);
int32_t sat_tensor_set_grad(void* tensor, void* grad);
int32_t sat_backward(void** tensors, int32_t n, void** grads, int32_t retain, int32_t create, void** inputs, int32_t ninputs);
int32_t sat_grad(void** outputs, int32_t noutputs, void** inputs, int32_t ninputs, void** grad_outputs, int32_t retain, int32_t create,
                 int32_t allow_unused, void** grads);

// modes; grad mode and inference mode belong to the calling thread
int32_t sat_grad_mode(void);
void sat_set_grad_mode(int32_t enabled);
int32_t sat_inference_mode(void);
void* sat_inference_enter(int32_t enabled);
void sat_inference_leave(void* guard);
int32_t sat_set_deterministic(int32_t enabled, int32_t warn_only);
int32_t sat_deterministic(void);
int32_t sat_allow_tf32(int32_t which, int32_t set, int32_t value);

// threads
int32_t sat_num_threads(void);
int32_t sat_set_num_threads(int32_t n);
int32_t sat_num_interop_threads(void);
int32_t sat_set_num_interop_threads(int32_t n);

// chance
int32_t sat_manual_seed(int64_t seed);
void* sat_generator_new(uint64_t seed, int32_t device_type, int32_t device_index);
void* sat_generator_default(int32_t device_type, int32_t device_index);
void sat_generator_free(void* generator);
int32_t sat_generator_set_seed(void* generator, int64_t seed);
int32_t sat_generator_seed(void* generator, int64_t* seed);
int32_t sat_generator_initial_seed(void* generator, int64_t* seed);
int32_t sat_generator_get_state(void* generator, void** state);
int32_t sat_generator_set_state(void* generator, void* state);

// CUDA, through the hooks that every libtorch carries
int32_t sat_cuda_available(void);
int32_t sat_cuda_cudnn_available(void);
int32_t sat_cuda_device_count(void);
int32_t sat_cuda_manual_seed(int64_t seed, int32_t all);
int32_t sat_cuda_synchronize(int32_t device_index);

#ifdef __cplusplus
}
#endif
