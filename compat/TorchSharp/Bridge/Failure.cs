using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Bridge;

/// <summary>Turns the bridge's return codes into exceptions that carry libtorch's own message.</summary>
internal static class Failure
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(int code)
    {
        if (code != 0)
        {
            Throw();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Check(nint handle)
    {
        if (handle == 0)
        {
            Throw();
        }
        return handle;
    }

    public static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? string.Empty;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw() => throw new ExternalException(Text(Native.sat_take_error()));
}
