using System.Runtime.InteropServices;

namespace SslAgent.Learning.Torch;

/// <summary>
/// TorchSharp's own native half on the stacks of packages, loaded before TorchSharp does it. Where it does not load, TorchSharp copies half a gigabyte
/// beside the program, tries again, prints two pages and blames a package that is there; the loader's own words name what is missing.
/// </summary>
internal static class NativeTorch
{
    private const string Library = "LibTorchSharp";

    private static readonly Lazy<nint> Loaded = new(Load);

    /// <summary>Before the first use of TorchSharp. Throws <see cref="DllNotFoundException"/>, each time it is asked.</summary>
    public static void Require() => _ = Loaded.Value;

    private static nint Load()
    {
        // The bridge finds and names its own libraries; elsewhere than on Linux TorchSharp's search is left to it.
        if (TorchExtras.IsAvailable || !OperatingSystem.IsLinux()) return 0;
        try
        {
            return NativeLibrary.Load(Library, typeof(TorchSharp.torch).Assembly, DllImportSearchPath.AssemblyDirectory);
        }
        catch (DllNotFoundException cause)
        {
            string said = Telling(cause.Message), why = said.Contains("GLIBCXX", StringComparison.Ordinal) ? " (its packages need the libstdc++ of GCC 13 or later: Debian 13, Ubuntu 24.04)" : "";
            throw new DllNotFoundException($"TorchSharp's own library does not load{why}: {said}");
        }
    }

    /// <summary>What the loader said, without the dozen places where it found no such file.</summary>
    private static string Telling(string message) => string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => !(line.Contains(Library, StringComparison.Ordinal) && line.EndsWith("No such file or directory", StringComparison.Ordinal))));
}
