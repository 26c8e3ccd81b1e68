using System.Runtime.InteropServices;

namespace SslAgent.Ingest.Native;

/// <summary>
/// Unicode normalisation from GLib, which is there wherever libvips is: the runtime's own needs ICU, which the program does
/// without (invariant globalisation makes <see cref="string.Normalize()"/> return its input).
/// </summary>
internal static unsafe partial class GlibNative
{
    private const int DefaultCompose = 1;

    static GlibNative() => NativeLibraries.Register();

    /// <summary>Normal form C of valid UTF-8, written to <paramref name="destination"/>; the length, or -1 where it does not fit.</summary>
    public static int NormalizeC(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        byte* result;
        fixed (byte* input = utf8) result = g_utf8_normalize(input, utf8.Length, DefaultCompose);
        Domain.Check.That(result is not null, "only valid UTF-8 is normalised");
        try
        {
            ReadOnlySpan<byte> normal = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(result);
            return normal.TryCopyTo(destination) ? normal.Length : -1;
        }
        finally
        {
            VipsNative.g_free(result);
        }
    }

    [LibraryImport(NativeLibraries.GLib)]
    private static partial byte* g_utf8_normalize(byte* utf8, nint length, int mode);
}
