using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>Modes, threads, defaults and scopes. Grad mode and inference mode belong to the calling thread.</summary>
public static partial class torch
{
    private static ScalarType defaultType = ScalarType.Float32;
    private static Device? defaultDevice;

    public static string __version__ => Failure.Text(Native.sat_version());

    private static ScalarType DefaultType => defaultType;
    private static Device DefaultDevice => defaultDevice ?? CPU;

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.Current.Innermost;

    public static DisposeScope NewDisposeScope() => DisposeScopeManager.Current.Open();

    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    public static IDisposable no_grad() => new GradMode(false);
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);
    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);
    public static bool is_grad_enabled() => Native.sat_grad_mode() != 0;
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);
    public static bool is_inference_mode_enabled() => Native.sat_inference_mode() != 0;

    public static int get_num_threads() => Native.sat_num_threads();
    public static void set_num_threads(int num) => Failure.Check(Native.sat_set_num_threads(num));
    public static int get_num_interop_threads() => Native.sat_num_interop_threads();
    public static void set_num_interop_threads(int num) => Failure.Check(Native.sat_set_num_interop_threads(num));

    public static ScalarType get_default_dtype() => defaultType;

    public static void set_default_dtype(ScalarType dtype)
    {
        if (!is_floating_point(dtype))
        {
            throw new ArgumentException($"The default element type is a real one, not {dtype}.", nameof(dtype));
        }
        defaultType = dtype;
    }

    public static Device get_default_device() => DefaultDevice;
    public static void set_default_device(Device device) => defaultDevice = device;
    public static void set_default_device(string device) => defaultDevice = new Device(device);

    public static bool is_floating_point(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;
    public static bool is_integral(ScalarType type) =>
        type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64;
    public static bool is_complex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    public static Device InitializeDevice(Device? device) => device ?? DefaultDevice;
    public static void InitializeDeviceType(DeviceType deviceType) => TryInitializeDeviceType(deviceType);
    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType != DeviceType.CUDA || cuda.is_available();

    /// <summary>Sets grad mode until disposed, on the thread that made it.</summary>
    private sealed class GradMode : IDisposable
    {
        private readonly int before = Native.sat_grad_mode();

        public GradMode(bool enabled) => Native.sat_set_grad_mode(enabled ? 1 : 0);

        public void Dispose() => Native.sat_set_grad_mode(before);
    }

    /// <summary>Sets inference mode until disposed, on the thread that made it.</summary>
    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint guard = Failure.Check(Native.sat_inference_enter(enabled ? 1 : 0));

        public void Dispose()
        {
            Native.sat_inference_leave(guard);
            guard = 0;
        }
    }
}
