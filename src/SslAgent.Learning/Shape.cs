using System.Runtime.CompilerServices;
using SslAgent.Domain;
using static TorchSharp.torch;

namespace SslAgent.Learning;

/// <summary>Checks shapes at the doors of the tensor code, where a wrong one is a bug of ours.</summary>
internal static class Shape
{
    public static void Require(Tensor tensor, string name, params ReadOnlySpan<long> expected)
    {
        long[] actual = tensor.shape;
        if (!expected.SequenceEqual(actual)) Fail(name, expected, actual);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fail(string name, ReadOnlySpan<long> expected, long[] actual) =>
        throw new BrokenInvariantException($"{name} has shape [{string.Join(", ", actual)}], not [{string.Join(", ", expected.ToArray())}]");
}
