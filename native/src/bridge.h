// What the two translation units share: handles, and the one way in which errors leave.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <c10/util/intrusive_ptr.h>

#include <atomic>
#include <string>

#include "sslagent_torch.h"

#define SAT_API extern "C" __attribute__((visibility("default")))

namespace sat {

extern std::atomic<int64_t> live_tensors;

void set_error(const char* message) noexcept;

// A handle is the TensorImpl itself, holding one strong reference: no allocation per result.
inline void* give(at::Tensor tensor) {
  if (!tensor.defined()) return nullptr;
  live_tensors.fetch_add(1, std::memory_order_relaxed);
  return tensor.unsafeReleaseTensorImpl();
}

inline at::Tensor borrow(void* handle) {
  TORCH_CHECK(handle != nullptr, "empty tensor handle");
  auto* impl = static_cast<c10::TensorImpl*>(handle);
  c10::raw::intrusive_ptr::incref(impl);
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(impl));
}

inline at::Tensor borrow_or_none(void* handle) { return handle == nullptr ? at::Tensor() : borrow(handle); }

// Runs `body` and turns whatever it throws into this thread's error message.
template <class Result, class Body>
Result guarded(Result failed, Body&& body) noexcept {
  try {
    return body();
  } catch (const c10::Error& e) {
    set_error(e.what_without_backtrace());
  } catch (const std::exception& e) {
    set_error(e.what());
  } catch (...) {
    set_error("an exception of unknown type left libtorch");
  }
  return failed;
}

}  // namespace sat
