using TorchSharp.Bridge;

namespace TorchSharp;

/// <summary>A number that goes to an operator with its kind (whole, real, bool), so that type promotion is PyTorch's. No native resource behind it.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(torch.ScalarType type, Tag tag, long bits) => (Type, Tag, Bits) = (type, tag, bits);

    public torch.ScalarType Type { get; }

    internal Tag Tag { get; }
    internal long Bits { get; }
    internal long Integer => Tag == Tag.Double ? (long)BitConverter.Int64BitsToDouble(Bits) : Bits;
    internal double Real => Tag == Tag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    public static implicit operator Scalar(byte value) => Whole(value);
    public static implicit operator Scalar(sbyte value) => Whole(value);
    public static implicit operator Scalar(short value) => Whole(value);
    public static implicit operator Scalar(int value) => Whole(value);
    public static implicit operator Scalar(long value) => Whole(value);
    public static implicit operator Scalar(Half value) => OfReal((double)value);
    public static implicit operator Scalar(BFloat16 value) => OfReal(value.ToSingle());
    public static implicit operator Scalar(float value) => OfReal(value);
    public static implicit operator Scalar(double value) => OfReal(value);
    public static implicit operator Scalar(bool value) => new(torch.ScalarType.Bool, Tag.Bool, value ? 1 : 0);

    /// <summary>Nothing is held; kept because the package's type is disposable.</summary>
    public void Dispose()
    {
    }

    internal static Scalar FromNative(in Value value) => (Tag)value.Tag switch
    {
        Tag.Double => OfReal(BitConverter.Int64BitsToDouble(value.Bits)),
        Tag.Bool => value.Bits != 0,
        _ => Whole(value.Bits),
    };

    private static Scalar Whole(long value) => new(torch.ScalarType.Int64, Tag.Int, value);
    private static Scalar OfReal(double value) => new(torch.ScalarType.Float64, Tag.Double, BitConverter.DoubleToInt64Bits(value));
}
