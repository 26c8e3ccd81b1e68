// What is no operator: tensors as objects, autograd, modes, threads, generators, devices.
#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Logging.h>
#include <dlfcn.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <cstring>

#include "bridge.h"

namespace sat {

std::atomic<int64_t> live_tensors{0};

namespace {
// Every c10::Error collects and names its stack, which takes milliseconds, and only the message leaves here: errors are made cheap instead.
const bool backtraces_off = [] {
  c10::SetStackTraceFetcher([] { return std::string(); });
  return true;
}();

thread_local std::string pending_error;
thread_local std::string taken_error;

at::Generator& generator(void* handle) {
  TORCH_CHECK(handle != nullptr, "empty generator handle");
  return *static_cast<at::Generator*>(handle);
}

c10::Device device(int32_t type, int32_t index) {
  return c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
}

std::vector<at::Tensor> borrow_all(void** handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int32_t i = 0; i < count; i++) tensors.push_back(borrow_or_none(handles[i]));
  return tensors;
}

// Runs `body` for its effect.
template <class Body>
int32_t effect(Body&& body) noexcept {
  return guarded<int32_t>(1, [&]() -> int32_t {
    body();
    return 0;
  });
}
}  // namespace

void set_error(const char* message) noexcept {
  try {
    pending_error = message;
  } catch (...) {
    pending_error.clear();
  }
}

}  // namespace sat

using sat::borrow;
using sat::effect;
using sat::guarded;

SAT_API int32_t sat_abi(void) { return SAT_ABI; }

SAT_API const char* sat_take_error(void) {
  sat::taken_error.swap(sat::pending_error);
  sat::pending_error.clear();
  return sat::taken_error.c_str();
}

SAT_API const char* sat_version(void) { return TORCH_VERSION; }

// Which BLAS answers, and which of its kernels: OpenBLAS picks them at load time.
SAT_API const char* sat_blas_info(void) {
  return guarded<const char*>("", [] {
    static const std::string text = [] {
      using Ask = char* (*)();
      std::string found = at::hasMKL() ? "MKL" : "generic";
      auto config = reinterpret_cast<Ask>(dlsym(RTLD_DEFAULT, "openblas_get_config"));
      auto core = reinterpret_cast<Ask>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
      if (config != nullptr) found = config();
      if (core != nullptr) found += std::string("; core ") + core();
      return found + (at::hasMKLDNN() ? "; oneDNN" : "");
    }();
    return text.c_str();
  });
}

SAT_API void sat_tensor_free(void* handle) {
  if (handle == nullptr) return;
  sat::live_tensors.fetch_sub(1, std::memory_order_relaxed);
  guarded<int32_t>(1, [&] {
    c10::raw::intrusive_ptr::decref(static_cast<c10::TensorImpl*>(handle));
    return 0;
  });
}

SAT_API void* sat_tensor_retain(void* handle) {
  return guarded<void*>(nullptr, [&] { return sat::give(borrow(handle)); });
}

SAT_API int64_t sat_tensor_live(void) { return sat::live_tensors.load(std::memory_order_relaxed); }

SAT_API int32_t sat_tensor_meta(void* handle, sat_meta* meta) {
  return effect([&] {
    auto t = borrow(handle);
    meta->numel = t.numel();
    meta->dtype = static_cast<int32_t>(t.scalar_type());
    auto where = t.device();
    meta->device_type = static_cast<int32_t>(where.type());
    meta->device_index = where.index();
    meta->dim = static_cast<int32_t>(t.dim());
    meta->element_size = static_cast<int32_t>(t.element_size());
    auto strided = t.layout() == c10::kStrided;
    meta->storage_offset = strided ? t.storage_offset() : 0;
    meta->data = strided && t.has_storage() ? t.data_ptr() : nullptr;
    meta->flags = (strided && t.is_contiguous() ? SAT_FLAG_CONTIGUOUS : 0) | (t.requires_grad() ? SAT_FLAG_REQUIRES_GRAD : 0) |
                  (t.is_leaf() ? SAT_FLAG_LEAF : 0) | (t.is_sparse() ? SAT_FLAG_SPARSE : 0);
  });
}

SAT_API int32_t sat_tensor_sizes(void* handle, int64_t* sizes, int64_t* strides, int32_t capacity) {
  return guarded<int32_t>(-1, [&]() -> int32_t {
    auto t = borrow(handle);
    auto dim = static_cast<int32_t>(t.dim());
    for (int32_t i = 0; i < dim && i < capacity; i++) {
      if (sizes != nullptr) sizes[i] = t.size(i);
      if (strides != nullptr) strides[i] = t.stride(i);
    }
    return dim;
  });
}

SAT_API void* sat_tensor_from_memory(const void* data, int32_t dtype, const int64_t* sizes, int32_t dim, int32_t device_type,
                                     int32_t device_index, int32_t requires_grad) {
  return guarded<void*>(nullptr, [&] {
    auto t = at::empty(at::IntArrayRef(sizes, dim), at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
    if (t.numel() != 0) std::memcpy(t.data_ptr(), data, t.numel() * t.element_size());
    auto where = sat::device(device_type, device_index);
    if (!where.is_cpu()) t = t.to(where);
    if (requires_grad != 0) t.set_requires_grad(true);
    return sat::give(std::move(t));
  });
}

SAT_API int32_t sat_tensor_set_requires_grad(void* handle, int32_t value) {
  return effect([&] { borrow(handle).set_requires_grad(value != 0); });
}

SAT_API int32_t sat_tensor_retain_grad(void* handle) {
  return effect([&] { borrow(handle).retain_grad(); });
}

SAT_API int32_t sat_tensor_grad(void* handle, void** grad) {
  return effect([&] { *grad = sat::give(borrow(handle).grad()); });
}

SAT_API int32_t sat_tensor_set_grad(void* handle, void* grad) {
  return effect([&] {
    auto t = borrow(handle);
    auto g = sat::borrow_or_none(grad);
    if (g.defined()) {
      TORCH_CHECK(!g.is_same(t), "a tensor cannot be its own gradient");
      TORCH_CHECK(g.sizes() == t.sizes(), "a gradient of shape ", g.sizes(), " does not fit a tensor of shape ", t.sizes());
      TORCH_CHECK(g.scalar_type() == t.scalar_type() && g.device() == t.device(), "a gradient has the tensor's dtype and device");
    }
    t.mutable_grad() = g;
  });
}

SAT_API int32_t sat_backward(void** tensors, int32_t n, void** grads, int32_t retain, int32_t create, void** inputs, int32_t ninputs) {
  return effect([&] {
    auto seeds = grads == nullptr ? std::vector<at::Tensor>() : sat::borrow_all(grads, n);
    torch::autograd::backward(sat::borrow_all(tensors, n), seeds, retain != 0, create != 0, sat::borrow_all(inputs, ninputs));
  });
}

SAT_API int32_t sat_grad(void** outputs, int32_t noutputs, void** inputs, int32_t ninputs, void** grad_outputs, int32_t retain,
                         int32_t create, int32_t allow_unused, void** grads) {
  return effect([&] {
    auto seeds = grad_outputs == nullptr ? std::vector<at::Tensor>() : sat::borrow_all(grad_outputs, noutputs);
    auto result = torch::autograd::grad(sat::borrow_all(outputs, noutputs), sat::borrow_all(inputs, ninputs), seeds, retain != 0,
                                        create != 0, allow_unused != 0);
    for (int32_t i = 0; i < ninputs; i++) grads[i] = sat::give(std::move(result.at(i)));
  });
}

SAT_API int32_t sat_grad_mode(void) { return c10::GradMode::is_enabled(); }
SAT_API void sat_set_grad_mode(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }
SAT_API int32_t sat_inference_mode(void) { return c10::InferenceMode::is_enabled(); }

SAT_API void* sat_inference_enter(int32_t enabled) {
  return guarded<void*>(nullptr, [&] { return new c10::InferenceMode(enabled != 0); });
}

SAT_API void sat_inference_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

SAT_API int32_t sat_set_deterministic(int32_t enabled, int32_t warn_only) {
  return effect([&] {
    auto& context = at::globalContext();
    context.setDeterministicAlgorithms(enabled != 0, warn_only != 0);
    context.setDeterministicCuDNN(enabled != 0);
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 2)
    // Else every new tensor is filled before it is written to, which only helps to find readers of uninitialised memory.
    context.setDeterministicFillUninitializedMemory(false);
#endif
    if (enabled != 0) context.setBenchmarkCuDNN(false);
  });
}

SAT_API int32_t sat_deterministic(void) { return at::globalContext().deterministicAlgorithms(); }

// which: 0 cuBLAS, 1 cuDNN. Returns the value in force after the call, or -1.
SAT_API int32_t sat_allow_tf32(int32_t which, int32_t set, int32_t value) {
  return guarded<int32_t>(-1, [&]() -> int32_t {
    auto& context = at::globalContext();
    if (set != 0) {
      if (which == 0)
        context.setAllowTF32CuBLAS(value != 0);
      else
        context.setAllowTF32CuDNN(value != 0);
    }
    return which == 0 ? context.allowTF32CuBLAS() : context.allowTF32CuDNN();
  });
}

SAT_API int32_t sat_num_threads(void) {
  return guarded<int32_t>(-1, [] { return at::get_num_threads(); });
}

SAT_API int32_t sat_set_num_threads(int32_t n) {
  return effect([&] { at::set_num_threads(n); });
}

SAT_API int32_t sat_num_interop_threads(void) {
  return guarded<int32_t>(-1, [] { return static_cast<int32_t>(at::get_num_interop_threads()); });
}

SAT_API int32_t sat_set_num_interop_threads(int32_t n) {
  return effect([&] { at::set_num_interop_threads(n); });
}

namespace {
void seed_generator(at::Generator generator, int64_t seed) {
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(static_cast<uint64_t>(seed));
}

void require_cuda() { TORCH_CHECK(torch::cuda::is_available(), "CUDA is not available"); }
}  // namespace

SAT_API int32_t sat_manual_seed(int64_t seed) {
  return effect([&] { seed_generator(at::detail::getDefaultCPUGenerator(), seed); });
}

SAT_API void* sat_generator_new(uint64_t seed, int32_t device_type, int32_t device_index) {
  return guarded<void*>(nullptr, [&]() -> void* {
    auto where = sat::device(device_type, device_index);
    if (where.is_cpu()) return new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed));
    require_cuda();
    auto copy = at::globalContext().defaultGenerator(where).clone();
    seed_generator(copy, static_cast<int64_t>(seed));
    return new at::Generator(std::move(copy));
  });
}

SAT_API void* sat_generator_default(int32_t device_type, int32_t device_index) {
  return guarded<void*>(nullptr, [&]() -> void* {
    auto where = sat::device(device_type, device_index);
    if (!where.is_cpu()) require_cuda();
    return new at::Generator(at::globalContext().defaultGenerator(where));
  });
}

SAT_API void sat_generator_free(void* handle) { delete static_cast<at::Generator*>(handle); }

SAT_API int32_t sat_generator_set_seed(void* handle, int64_t seed) {
  return effect([&] { seed_generator(sat::generator(handle), seed); });
}

SAT_API int32_t sat_generator_seed(void* handle, int64_t* seed) {
  return effect([&] {
    auto& generator = sat::generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    *seed = static_cast<int64_t>(generator.seed());
  });
}

SAT_API int32_t sat_generator_initial_seed(void* handle, int64_t* seed) {
  return effect([&] {
    auto& generator = sat::generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    *seed = static_cast<int64_t>(generator.current_seed());
  });
}

SAT_API int32_t sat_generator_get_state(void* handle, void** state) {
  return effect([&] {
    auto& generator = sat::generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    *state = sat::give(generator.get_state());
  });
}

SAT_API int32_t sat_generator_set_state(void* handle, void* state) {
  return effect([&] {
    auto& generator = sat::generator(handle);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(borrow(state));
  });
}

SAT_API int32_t sat_cuda_available(void) {
  return guarded<int32_t>(0, [] { return torch::cuda::is_available() ? 1 : 0; });
}

SAT_API int32_t sat_cuda_cudnn_available(void) {
  return guarded<int32_t>(0, [] { return torch::cuda::cudnn_is_available() ? 1 : 0; });
}

SAT_API int32_t sat_cuda_device_count(void) {
  return guarded<int32_t>(0, [] { return static_cast<int32_t>(torch::cuda::device_count()); });
}

SAT_API int32_t sat_cuda_manual_seed(int64_t seed, int32_t all) {
  return effect([&] {
    if (!torch::cuda::is_available()) return;
    if (all != 0)
      torch::cuda::manual_seed_all(static_cast<uint64_t>(seed));
    else
      torch::cuda::manual_seed(static_cast<uint64_t>(seed));
  });
}

SAT_API int32_t sat_cuda_synchronize(int32_t device_index) {
  return effect([&] {
    require_cuda();
    torch::cuda::synchronize(device_index);
  });
}
