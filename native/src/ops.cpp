// Operators through PyTorch's dispatcher, boxed: one entry for all of ATen.
#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <vector>

#include "bridge.h"

namespace {

enum class Kind {
  Tensor,
  TensorList,
  OptionalTensorList,
  Int,
  Double,
  Bool,
  Number,
  IntList,
  DoubleList,
  BoolList,
  Device,
  String,
  Generator,
  Other
};

struct Parameter {
  std::string name;
  Kind kind;
  bool optional;
  bool has_default;
  c10::IValue default_value;
};

// A resolved operator. Made once per operator and never freed.
struct Op {
  c10::OperatorHandle handle;
  std::vector<Parameter> parameters;
};

c10::TypePtr unwrap_optional(const c10::TypePtr& type, bool* was_optional) {
  *was_optional = type->kind() == c10::TypeKind::OptionalType;
  return *was_optional ? type->expectRef<c10::OptionalType>().getElementType() : type;
}

Kind kind_of(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::TensorType:
      return Kind::Tensor;
    case c10::TypeKind::IntType:
      return Kind::Int;
    case c10::TypeKind::FloatType:
      return Kind::Double;
    case c10::TypeKind::BoolType:
      return Kind::Bool;
    case c10::TypeKind::NumberType:
      return Kind::Number;
    case c10::TypeKind::StringType:
      return Kind::String;
    case c10::TypeKind::DeviceObjType:
      return Kind::Device;
    case c10::TypeKind::GeneratorType:
      return Kind::Generator;
    case c10::TypeKind::ListType: {
      bool optional_element;
      auto element = unwrap_optional(type->expectRef<c10::ListType>().getElementType(), &optional_element);
      switch (kind_of(element)) {
        case Kind::Tensor:
          return optional_element ? Kind::OptionalTensorList : Kind::TensorList;
        case Kind::Int:
          return Kind::IntList;
        case Kind::Double:
          return Kind::DoubleList;
        case Kind::Bool:
          return Kind::BoolList;
        default:
          return Kind::Other;
      }
    }
    default:
      return type->str() == "SymInt" ? Kind::Int : Kind::Other;
  }
}

[[noreturn]] void mismatch(const Parameter& parameter) {
  TORCH_CHECK(false, "the bridge cannot pass this kind of value as argument '", parameter.name, "'");
}

c10::IValue number(const Parameter& parameter, const sat_value& value) {
  switch (value.tag) {
    case SAT_INT:
      return c10::IValue(value.v.i);
    case SAT_DOUBLE:
      return c10::IValue(value.v.d);
    case SAT_BOOL:
      return c10::IValue(value.v.i != 0);
    default:
      mismatch(parameter);
  }
}

c10::IValue tensor_list(const Parameter& parameter, const sat_value& value) {
  if (value.tag != SAT_TENSOR_LIST) mismatch(parameter);
  auto* handles = static_cast<void**>(value.v.p);
  if (parameter.kind == Kind::TensorList) {
    c10::List<at::Tensor> list;
    list.reserve(value.count);
    for (int32_t i = 0; i < value.count; i++) list.push_back(sat::borrow(handles[i]));
    return c10::IValue(std::move(list));
  }
  c10::impl::GenericList list(c10::OptionalType::create(c10::TensorType::get()));
  for (int32_t i = 0; i < value.count; i++) list.push_back(handles[i] == nullptr ? c10::IValue() : c10::IValue(sat::borrow(handles[i])));
  return c10::IValue(std::move(list));
}

c10::IValue number_list(const Parameter& parameter, const sat_value& value) {
  if (value.tag == SAT_INT && parameter.kind == Kind::IntList) return c10::IValue(c10::List<int64_t>({value.v.i}));
  if (value.tag == SAT_DOUBLE_LIST && parameter.kind == Kind::DoubleList) {
    auto* data = static_cast<double*>(value.v.p);
    return c10::IValue(std::vector<double>(data, data + value.count));
  }
  if (value.tag != SAT_INT_LIST) mismatch(parameter);
  auto* data = static_cast<int64_t*>(value.v.p);
  if (parameter.kind == Kind::IntList) return c10::IValue(std::vector<int64_t>(data, data + value.count));
  if (parameter.kind != Kind::BoolList) mismatch(parameter);
  c10::List<bool> list;
  for (int32_t i = 0; i < value.count; i++) list.push_back(data[i] != 0);
  return c10::IValue(std::move(list));
}

c10::IValue convert(const Parameter& parameter, const sat_value& value) {
  if (value.tag == SAT_NONE) {
    if (!parameter.optional) mismatch(parameter);
    return c10::IValue();
  }
  switch (parameter.kind) {
    case Kind::Tensor:
      if (value.tag != SAT_TENSOR) mismatch(parameter);
      return c10::IValue(sat::borrow(value.v.p));
    case Kind::TensorList:
    case Kind::OptionalTensorList:
      return tensor_list(parameter, value);
    case Kind::IntList:
    case Kind::DoubleList:
    case Kind::BoolList:
      return number_list(parameter, value);
    case Kind::Number:
      return number(parameter, value);
    case Kind::Int:
      if (value.tag != SAT_INT) mismatch(parameter);
      return c10::IValue(value.v.i);
    case Kind::Bool:
      if (value.tag != SAT_BOOL && value.tag != SAT_INT) mismatch(parameter);
      return c10::IValue(value.v.i != 0);
    case Kind::Double:
      if (value.tag == SAT_INT) return c10::IValue(static_cast<double>(value.v.i));
      if (value.tag != SAT_DOUBLE) mismatch(parameter);
      return c10::IValue(value.v.d);
    case Kind::Device:
      if (value.tag != SAT_DEVICE) mismatch(parameter);
      return c10::IValue(c10::Device(static_cast<c10::DeviceType>(value.v.i), static_cast<c10::DeviceIndex>(value.count)));
    case Kind::String:
      if (value.tag != SAT_STRING) mismatch(parameter);
      return c10::IValue(std::string(static_cast<const char*>(value.v.p), value.count));
    case Kind::Generator:
      if (value.tag != SAT_GENERATOR) mismatch(parameter);
      return c10::IValue(*static_cast<at::Generator*>(value.v.p));
    default:
      mismatch(parameter);
  }
}

void push_arguments(const Op& op, const sat_value* args, int32_t nargs, torch::jit::Stack& stack) {
  TORCH_CHECK(nargs <= static_cast<int32_t>(op.parameters.size()), op.handle.schema().name(), " takes ", op.parameters.size(),
              " arguments, ", nargs, " were given");
  for (size_t i = 0; i < op.parameters.size(); i++) {
    const auto& parameter = op.parameters[i];
    if (static_cast<int32_t>(i) < nargs && args[i].tag != SAT_DEFAULT) {
      stack.emplace_back(convert(parameter, args[i]));
    } else {
      TORCH_CHECK(parameter.has_default, op.handle.schema().name(), ": argument '", parameter.name, "' is missing");
      stack.emplace_back(parameter.default_value);
    }
  }
}

sat_value export_list(const c10::IValue& value) {
  auto list = value.toTensorList();
  auto count = list.size();
  auto* handles = new void*[count == 0 ? 1 : count];
  for (size_t i = 0; i < count; i++) handles[i] = sat::give(list.get(i));
  sat_value result{SAT_TENSOR_LIST, static_cast<int32_t>(count), {}};
  result.v.p = handles;
  return result;
}

sat_value export_value(c10::IValue&& value) {
  sat_value result{SAT_NONE, 0, {}};
  if (value.isTensor()) {
    result.v.p = sat::give(std::move(value).toTensor());
    result.tag = result.v.p == nullptr ? SAT_NONE : SAT_TENSOR;
  } else if (value.isTensorList()) {
    result = export_list(value);
  } else if (value.isInt()) {
    result.tag = SAT_INT;
    result.v.i = value.toInt();
  } else if (value.isDouble()) {
    result.tag = SAT_DOUBLE;
    result.v.d = value.toDouble();
  } else if (value.isBool()) {
    result.tag = SAT_BOOL;
    result.v.i = value.toBool();
  } else {
    TORCH_CHECK(value.isNone(), "the bridge cannot return a value of kind ", value.tagKind());
  }
  return result;
}

void release(sat_value& value) {
  if (value.tag == SAT_TENSOR) sat_tensor_free(value.v.p);
  if (value.tag == SAT_TENSOR_LIST) {
    auto* handles = static_cast<void**>(value.v.p);
    for (int32_t i = 0; i < value.count; i++) sat_tensor_free(handles[i]);
    sat_list_free(handles);
  }
}

void export_results(torch::jit::Stack& stack, sat_value* results, int32_t nresults) {
  TORCH_CHECK(nresults <= static_cast<int32_t>(stack.size()), "the operator returns ", stack.size(), " values, ", nresults,
              " were asked for");
  int32_t done = 0;
  try {
    for (; done < nresults; done++) results[done] = export_value(std::move(stack[done]));
  } catch (...) {
    while (done > 0) release(results[--done]);
    throw;
  }
}

// The argument stack keeps its capacity from call to call. It is moved out while in use, so that a nested call finds an empty one.
thread_local torch::jit::Stack spare_stack;

struct BorrowedStack {
  torch::jit::Stack stack;
  BorrowedStack() { stack.swap(spare_stack); }
  ~BorrowedStack() {
    stack.clear();
    stack.swap(spare_stack);
  }
};

}  // namespace

SAT_API void* sat_op_lookup(const char* name, const char* overload) {
  return sat::guarded<void*>(nullptr, [&]() -> void* {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "this libtorch has no operator ", name, *overload == 0 ? "" : ".", overload);
    auto* op = new Op{*handle, {}};
    for (const auto& argument : handle->schema().arguments()) {
      bool optional;
      auto type = unwrap_optional(argument.type(), &optional);
      auto fallback = argument.default_value();
      op->parameters.push_back(
          {argument.name(), kind_of(type), optional, fallback.has_value(), fallback.has_value() ? *fallback : c10::IValue()});
    }
    return op;
  });
}

SAT_API int32_t sat_op_call(void* handle, const sat_value* args, int32_t nargs, sat_value* results, int32_t nresults) {
  return sat::guarded<int32_t>(1, [&]() -> int32_t {
    const auto& op = *static_cast<const Op*>(handle);
    BorrowedStack borrowed;
    push_arguments(op, args, nargs, borrowed.stack);
    op.handle.callBoxed(&borrowed.stack);
    export_results(borrowed.stack, results, nresults);
    return 0;
  });
}

SAT_API void sat_list_free(void* list) { delete[] static_cast<void**>(list); }
