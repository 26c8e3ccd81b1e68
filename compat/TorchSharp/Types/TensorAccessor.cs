using System.Collections;
using System.Runtime.CompilerServices;

namespace TorchSharp.Utils;

/// <summary>
/// Reads and writes a tensor's elements in place, in logical order whatever the strides. Keeps its tensor reachable; the tensor must
/// not be disposed while the accessor is in use.
/// </summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor tensor;
    private readonly long[] shape;
    private readonly long[] strides;
    private readonly bool contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU)
        {
            throw new InvalidOperationException("Only a tensor in the CPU's memory can be read directly. Copy it with cpu() first.");
        }
        this.tensor = tensor;
        shape = tensor.shape;
        strides = tensor.stride();
        contiguous = tensor.is_contiguous();
        Count = tensor.numel();
    }

    public long Count { get; }
    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => *At(indices);
        set => *At(indices) = value;
    }

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array.AsSpan());
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var target = array[arrayIndex..];
        var count = (int)Math.Min(Count - tensorIndex, target.Length);
        if (contiguous)
        {
            new ReadOnlySpan<T>(Start() + tensorIndex, count).CopyTo(target);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                target[i] = Start()[Offset(tensorIndex + i)];
            }
        }
        GC.KeepAlive(tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var source = array[arrayIndex..];
        var count = (int)Math.Min(Count - tensorIndex, source.Length);
        if (contiguous)
        {
            source[..count].CopyTo(new Span<T>(Start() + tensorIndex, count));
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                Start()[Offset(tensorIndex + i)] = source[i];
            }
        }
        GC.KeepAlive(tensor);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The tensor is not the accessor's: nothing is freed.</summary>
    public void Dispose()
    {
    }

    private T* Start() => (T*)tensor.DataPointer();

    private T* At(long[] indices)
    {
        if (indices.Length == 1 && shape.Length != 1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)indices[0], (ulong)Count);
            return Start() + Offset(indices[0]);
        }
        if (indices.Length != shape.Length)
        {
            throw new ArgumentException($"{indices.Length} indices for a tensor of {shape.Length} dimensions.");
        }
        long offset = 0;
        for (var d = 0; d < indices.Length; d++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)indices[d], (ulong)shape[d]);
            offset += indices[d] * strides[d];
        }
        return Start() + offset;
    }

    /// <summary>From the position in logical order to the position in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Offset(long position)
    {
        long offset = 0;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            (position, var index) = Math.DivRem(position, shape[d]);
            offset += index * strides[d];
        }
        return offset;
    }
}
