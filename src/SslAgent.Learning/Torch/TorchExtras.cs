using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SslAgent.Learning.Torch;

/// <summary>
/// What libtorch has and TorchSharp's API lacks, reached through the bridge of the system stack. On the other stacks the bridge is not there:
/// <see cref="IsAvailable"/> is false and every member throws <see cref="NotSupportedException"/>. All settings are process-wide.
/// </summary>
internal static partial class TorchExtras
{
    private const string Library = "sslagent_torch";

    /// <summary>True where TorchSharp's place is taken by compat/ and its bridge.</summary>
    public static bool IsAvailable { get; } = Load();

    /// <summary>Whether operators without a deterministic form refuse to run. On CPU every operator in use is deterministic at a fixed thread count.</summary>
    public static bool IsDeterministic
    {
        get
        {
            Require();
            return sat_deterministic() != 0;
        }
    }

    /// <summary>Which BLAS computes fp32 matrix products, with which kernels.</summary>
    public static string BlasInfo => Text(sat_blas_info);

    public static string LibtorchVersion => Text(sat_version);

    /// <summary>Tensor handles alive in the whole process: flat over a long run, or something leaks.</summary>
    public static long LiveTensors
    {
        get
        {
            Require();
            return sat_tensor_live();
        }
    }

    /// <param name="enabled">Use deterministic forms only; on CUDA also needs CUBLAS_WORKSPACE_CONFIG in the environment.</param>
    /// <param name="warnOnly">Warn instead of throwing where an operator has no such form.</param>
    public static void SetDeterministic(bool enabled, bool warnOnly = false)
    {
        Require();
        Check(sat_set_deterministic(enabled ? 1 : 0, warnOnly ? 1 : 0));
    }

    private static bool Load()
    {
        // TorchSharp's module comes first: it prepares the environment that libtorch reads while loading.
        RuntimeHelpers.RunModuleConstructor(typeof(TorchSharp.torch).Module.ModuleHandle);
        return NativeLibrary.TryLoad(Library, typeof(TorchExtras).Assembly, DllImportSearchPath.AssemblyDirectory, out _);
    }

    private static string Text(Func<nint> read)
    {
        Require();
        return Marshal.PtrToStringUTF8(read()) ?? string.Empty;
    }

    private static void Require()
    {
        if (!IsAvailable)
        {
            throw new NotSupportedException("Not available on this stack: it needs the bridge to libtorch (Stack=system).");
        }
    }

    private static void Check(int code)
    {
        if (code != 0)
        {
            throw new InvalidOperationException(Marshal.PtrToStringUTF8(sat_take_error()));
        }
    }

    [LibraryImport(Library)] private static partial nint sat_take_error();
    [LibraryImport(Library)] private static partial nint sat_version();
    [LibraryImport(Library)] private static partial nint sat_blas_info();
    [LibraryImport(Library)] private static partial long sat_tensor_live();
    [LibraryImport(Library)] private static partial int sat_deterministic();
    [LibraryImport(Library)] private static partial int sat_set_deterministic(int enabled, int warnOnly);
}
