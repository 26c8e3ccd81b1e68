using TorchSharp.Bridge;

namespace TorchSharp.Compat.Tests.Bridge;

/// <summary>The process's live tensors once the collector has dealt with what earlier tests dropped.</summary>
internal static class Live
{
    public static long Settled()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return Native.sat_tensor_live();
    }
}
