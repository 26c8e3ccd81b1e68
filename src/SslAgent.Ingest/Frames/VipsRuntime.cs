using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SslAgent.Ingest.Decoding;
using SslAgent.Ingest.Native;

namespace SslAgent.Ingest.Frames;

/// <summary>
/// libvips, started once a process: no cache, one thread a picture, and only the loaders of the four formats that the contract
/// names (whatever else is installed, no byte from outside reaches it). Its warnings go nowhere: what matters comes back as an error.
/// </summary>
internal static unsafe class VipsRuntime
{
    private const int MajorMin = 8, MinorMin = 12, LogLevelsAll = unchecked((int)0xFFFFFFFC);

    private static readonly Lock Gate = new();
    private static bool _started;

    /// <summary>Throws <see cref="NativeLibraryException"/> where libvips is missing or too old.</summary>
    public static void Start()
    {
        lock (Gate)
        {
            if (_started) return;
            if (NativeLibraries.Missing(NativeLibraries.Vips) is { } missing) throw new NativeLibraryException(missing);
            if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
            {
                throw new NativeLibraryException("libvips cannot be called on macOS/arm64 in this version: run the agent in a Linux container");
            }

            fixed (byte* name = "sslagent\0"u8)
            {
                if (VipsNative.vips_init(name) != 0) throw new NativeLibraryException($"libvips did not start: {TakeError()}");
            }

            int major = VipsNative.vips_version(0), minor = VipsNative.vips_version(1);
            if ((major, minor).CompareTo((MajorMin, MinorMin)) < 0)
            {
                throw new NativeLibraryException($"libvips {major}.{minor} is too old: {MajorMin}.{MinorMin} or newer is needed");
            }

            Restrict();
            _started = true;
        }
    }

    /// <summary>libvips' version, for <c>doctor</c>.</summary>
    public static string Version()
    {
        Start();
        return $"{VipsNative.vips_version(0)}.{VipsNative.vips_version(1)}.{VipsNative.vips_version(2)}";
    }

    /// <summary>The first line of what went wrong; clears the buffer. Two threads that fail at once may read each other's sentence.</summary>
    public static string TakeError()
    {
        byte* copy = VipsNative.vips_error_buffer_copy();
        string all = Marshal.PtrToStringUTF8((nint)copy) ?? "";
        VipsNative.g_free(copy);
        string first = Reasons.Printable(all.Split('\n', 2)[0].Trim());
        return first.Length == 0 ? "no reason given" : first;
    }

    /// <summary>Forgets what was said about an earlier picture that was taken all the same: it would stand as the reason of the next refusal.</summary>
    public static void ForgetErrors() => VipsNative.vips_error_clear();

    private static void Restrict()
    {
        VipsNative.vips_concurrency_set(1);
        VipsNative.vips_cache_set_max(0);
        VipsNative.vips_block_untrusted_set(1);
        // Its run-time compiler (liborc 0.4.33) loses its own list of code memory where two threads shrink pictures at once, and the process ends.
        VipsNative.vips_vector_set_enabled(0);
        Block("VipsForeignLoad\0"u8, true);
        Block("VipsForeignLoadJpeg\0"u8, false);
        Block("VipsForeignLoadPng\0"u8, false);
        Block("VipsForeignLoadWebp\0"u8, false);
        Block("VipsForeignLoadNsgif\0"u8, false);
        fixed (byte* domain = "VIPS\0"u8)
        {
            _ = VipsNative.g_log_set_handler(domain, LogLevelsAll, &Ignore, 0);
        }
    }

    private static void Block(ReadOnlySpan<byte> loader, bool blocked)
    {
        fixed (byte* name = loader) VipsNative.vips_operation_block_set(name, blocked ? 1 : 0);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Ignore(byte* domain, int level, byte* message, nint data)
    {
    }
}
