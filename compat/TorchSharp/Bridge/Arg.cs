using System.Text;

namespace TorchSharp.Bridge;

/// <summary>
/// One argument on its way to an operator: a small value, or a reference that stays reachable until the call returned. Lives on the
/// caller's stack only. Conversions are implicit, so that an operator reads like a function call.
/// </summary>
internal readonly struct Arg
{
    public readonly object? Reference;
    public readonly long Bits;
    public readonly Tag Tag;
    public readonly int Count;

    private Arg(Tag tag, long bits, object? reference = null, int count = 0) =>
        (Tag, Bits, Reference, Count) = (tag, bits, reference, count);

    /// <summary>Takes the default of the operator's schema.</summary>
    public static Arg Default => default;
    public static Arg None => new(Tag.None, 0);

    public static implicit operator Arg(torch.Tensor? value) => value is null ? None : new(Tag.Tensor, 0, value);
    public static implicit operator Arg(torch.Tensor?[] value) => new(Tag.TensorList, 0, value, value.Length);
    public static implicit operator Arg(int value) => new(Tag.Int, value);
    public static implicit operator Arg(long value) => new(Tag.Int, value);
    public static implicit operator Arg(long? value) => value is { } v ? new(Tag.Int, v) : None;
    public static implicit operator Arg(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(double? value) => value is { } v ? v : None;
    public static implicit operator Arg(bool value) => new(Tag.Bool, value ? 1 : 0);
    public static implicit operator Arg(bool? value) => value is { } v ? v : None;
    public static implicit operator Arg(long[]? value) => value is null ? None : new(Tag.IntList, 0, value, value.Length);
    public static implicit operator Arg(double[]? value) => value is null ? None : new(Tag.DoubleList, 0, value, value.Length);
    public static implicit operator Arg(torch.ScalarType value) => new(Tag.Int, (long)value);
    public static implicit operator Arg(torch.ScalarType? value) => value is { } v ? v : None;
    public static implicit operator Arg(torch.Device? value) => value is null ? None : new(Tag.Device, (long)value.type, null, value.index);
    public static implicit operator Arg(torch.Generator? value) => value is null ? None : new(Tag.Generator, 0, value);
    public static implicit operator Arg(Scalar? value) => value is null ? None : new(value.Tag, value.Bits);

    public static implicit operator Arg(string? value)
    {
        if (value is null)
        {
            return None;
        }
        var utf8 = Encoding.UTF8.GetBytes(value);
        return new(Tag.String, 0, utf8, utf8.Length);
    }

    /// <summary>How many eight-byte words of scratch memory the argument needs beside its own slot.</summary>
    public int ScratchWords => Tag switch
    {
        Tag.TensorList or Tag.IntList or Tag.DoubleList => Count,
        Tag.String => (Count + 7) / 8,
        _ => 0,
    };
}

/// <summary>The kinds of <c>sat_value</c>; the numbers are those of sslagent_torch.h.</summary>
internal enum Tag
{
    Default = 0,
    None = 1,
    Tensor = 2,
    TensorList = 3,
    Int = 4,
    Double = 5,
    Bool = 6,
    IntList = 7,
    DoubleList = 8,
    Device = 9,
    String = 10,
    Generator = 11,
}
