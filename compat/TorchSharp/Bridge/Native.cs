using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace TorchSharp.Bridge;

/// <summary>One argument or result of an operator, laid out as <c>sat_value</c> in native/include/sslagent_torch.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Value
{
    public int Tag;
    public int Count;
    public long Bits;
}

/// <summary>What a tensor is, laid out as <c>sat_meta</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Meta
{
    public long ElementCount;
    public long StorageOffset;
    public nint Data;
    public int DType;
    public int DeviceType;
    public int DeviceIndex;
    public int Dim;
    public int ElementSize;
    public int Flags;
}

/// <summary>
/// The C ABI of native/ as declared in sslagent_torch.h. Beside this assembly only TorchExtras in SslAgent.Learning reads a few of its
/// facts. Every tensor handle that goes in must be rooted by its caller until the call returned.
/// </summary>
internal static unsafe partial class Native
{
    public const string Library = "sslagent_torch";
    public const int Abi = 1;

    [LibraryImport(Library)] internal static partial int sat_abi();
    [LibraryImport(Library)] internal static partial nint sat_take_error();
    [LibraryImport(Library)] internal static partial nint sat_version();
    [LibraryImport(Library)] internal static partial nint sat_blas_info();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint sat_op_lookup(string name, string overload);
    [LibraryImport(Library)] internal static partial int sat_op_call(nint op, Value* args, int nargs, Value* results, int nresults);
    [LibraryImport(Library)] internal static partial void sat_list_free(nint list);

    [LibraryImport(Library)] internal static partial void sat_tensor_free(nint tensor);
    [LibraryImport(Library)] internal static partial nint sat_tensor_retain(nint tensor);
    [LibraryImport(Library)] internal static partial long sat_tensor_live();
    [LibraryImport(Library)] internal static partial int sat_tensor_meta(nint tensor, Meta* meta);
    [LibraryImport(Library)] internal static partial int sat_tensor_sizes(nint tensor, long* sizes, long* strides, int capacity);
    [LibraryImport(Library)]
    internal static partial nint sat_tensor_from_memory(void* data, int dtype, long* sizes, int dim,
        int deviceType, int deviceIndex, int requiresGrad);

    [LibraryImport(Library)] internal static partial int sat_tensor_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] internal static partial int sat_tensor_retain_grad(nint tensor);
    [LibraryImport(Library)] internal static partial int sat_tensor_grad(nint tensor, nint* grad);
    [LibraryImport(Library)] internal static partial int sat_tensor_set_grad(nint tensor, nint grad);
    [LibraryImport(Library)]
    internal static partial int sat_backward(nint* tensors, int n, nint* grads, int retain, int create,
        nint* inputs, int ninputs);
    [LibraryImport(Library)]
    internal static partial int sat_grad(nint* outputs, int noutputs, nint* inputs, int ninputs, nint* gradOutputs,
        int retain, int create, int allowUnused, nint* grads);

    [LibraryImport(Library)] internal static partial int sat_grad_mode();
    [LibraryImport(Library)] internal static partial void sat_set_grad_mode(int enabled);
    [LibraryImport(Library)] internal static partial int sat_inference_mode();
    [LibraryImport(Library)] internal static partial nint sat_inference_enter(int enabled);
    [LibraryImport(Library)] internal static partial void sat_inference_leave(nint guard);
    [LibraryImport(Library)] internal static partial int sat_set_deterministic(int enabled, int warnOnly);
    [LibraryImport(Library)] internal static partial int sat_deterministic();
    [LibraryImport(Library)] internal static partial int sat_allow_tf32(int which, int set, int value);

    [LibraryImport(Library)] internal static partial int sat_num_threads();
    [LibraryImport(Library)] internal static partial int sat_set_num_threads(int n);
    [LibraryImport(Library)] internal static partial int sat_num_interop_threads();
    [LibraryImport(Library)] internal static partial int sat_set_num_interop_threads(int n);

    [LibraryImport(Library)] internal static partial int sat_manual_seed(long seed);
    [LibraryImport(Library)] internal static partial nint sat_generator_new(ulong seed, int deviceType, int deviceIndex);
    [LibraryImport(Library)] internal static partial nint sat_generator_default(int deviceType, int deviceIndex);
    [LibraryImport(Library)] internal static partial void sat_generator_free(nint generator);
    [LibraryImport(Library)] internal static partial int sat_generator_set_seed(nint generator, long seed);
    [LibraryImport(Library)] internal static partial int sat_generator_seed(nint generator, long* seed);
    [LibraryImport(Library)] internal static partial int sat_generator_initial_seed(nint generator, long* seed);
    [LibraryImport(Library)] internal static partial int sat_generator_get_state(nint generator, nint* state);
    [LibraryImport(Library)] internal static partial int sat_generator_set_state(nint generator, nint state);

    [LibraryImport(Library)] internal static partial int sat_cuda_available();
    [LibraryImport(Library)] internal static partial int sat_cuda_cudnn_available();
    [LibraryImport(Library)] internal static partial int sat_cuda_device_count();
    [LibraryImport(Library)] internal static partial int sat_cuda_manual_seed(long seed, int all);
    [LibraryImport(Library)] internal static partial int sat_cuda_synchronize(int deviceIndex);
}
