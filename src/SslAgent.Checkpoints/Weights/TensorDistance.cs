using System.Buffers.Binary;
using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>
/// How far the weights of two models lie apart, tensor by tensor. Only floating-point tensors of one name, element and shape are compared.
/// </summary>
internal static class TensorDistance
{
    public static IReadOnlyList<TensorChange> Between(
        IReadOnlyDictionary<string, TensorBytes> from, IReadOnlyDictionary<string, TensorBytes> to, CancellationToken cancellation)
    {
        List<TensorChange> changes = [];
        foreach (TensorBytes before in from.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            if (before.Element is not (TensorElement.F32 or TensorElement.BF16)) continue;
            if (!to.TryGetValue(before.Name, out TensorBytes? after)) continue;
            if (after.Element == before.Element && after.Shape.SequenceEqual(before.Shape)) changes.Add(Change(before, after));
        }
        return changes;
    }

    private static TensorChange Change(TensorBytes before, TensorBytes after)
    {
        ReadOnlySpan<byte> left = before.Data.Span;
        ReadOnlySpan<byte> right = after.Data.Span;
        int size = SafetensorsFormat.Size(before.Element);
        double difference = 0;
        double norm = 0;
        for (int at = 0; at < left.Length; at += size)
        {
            double a = Value(left[at..], before.Element);
            double b = Value(right[at..], before.Element);
            difference += (b - a) * (b - a);
            norm += a * a;
        }
        double relative = difference == 0 ? 0 : Math.Sqrt(difference / norm);
        return new TensorChange(before.Name, relative, left.Length / size);
    }

    // bf16 is the upper half of an IEEE single.
    private static double Value(ReadOnlySpan<byte> at, TensorElement element) => element == TensorElement.F32
        ? BinaryPrimitives.ReadSingleLittleEndian(at)
        : BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(at) << 16);
}
