using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Bridge;

/// <summary>
/// Loads the bridge. The environment library goes first: it sets what OpenBLAS reads while libtorch loads, and .NET's own
/// SetEnvironmentVariable is invisible to native code.
/// </summary>
internal static partial class Loader
{
    [LibraryImport("sslagent_env")] private static partial int sat_env_prepare();

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The environment must be ready before the first call loads libtorch.")]
    internal static void Prepare()
    {
        NativeLibrary.SetDllImportResolver(typeof(Loader).Assembly, Resolve);
        _ = sat_env_prepare();
    }

    private static nint Resolve(string name, System.Reflection.Assembly assembly, DllImportSearchPath? path)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, $"lib{name}.so");
        var handle = File.Exists(beside) ? NativeLibrary.Load(beside) : NativeLibrary.Load(name, assembly, path);
        if (name == Native.Library)
        {
            CheckAbi(handle);
        }
        return handle;
    }

    private static unsafe void CheckAbi(nint library)
    {
        var abi = ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "sat_abi"))();
        if (abi != Native.Abi)
        {
            throw new DllNotFoundException($"libsslagent_torch.so has ABI {abi}, this build needs {Native.Abi}: run 'make native' again.");
        }
    }
}
