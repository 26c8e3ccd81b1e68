using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>
/// The numbers of the safetensors format (version 0.4 as published by its authors; docs/formats/version.md repeats what is used here):
/// eight bytes of header length, a JSON header, the tensors' bytes.
/// </summary>
internal static class SafetensorsFormat
{
    public const int LengthBytes = 8;

    /// <summary>The format's own ceiling for the header: a longer one is refused before it is read.</summary>
    public const int HeaderBytesMax = 100_000_000;

    /// <summary>
    /// The data begins at a multiple of this, so that every element lies aligned in a mapped file; the header is padded with spaces.
    /// </summary>
    public const int Alignment = 8;

    public const string MetadataKey = "__metadata__";
    public const string TypeKey = "dtype";
    public const string ShapeKey = "shape";
    public const string OffsetsKey = "data_offsets";

    /// <summary>Largest tensor: what one span can hold.</summary>
    public const long TensorBytesMax = int.MaxValue;

    public static int Size(TensorElement element) => element switch
    {
        TensorElement.I64 => 8,
        TensorElement.F32 => 4,
        TensorElement.BF16 => 2,
        _ => 1,
    };

    public static string Name(TensorElement element) => element switch
    {
        TensorElement.F32 => "F32",
        TensorElement.BF16 => "BF16",
        TensorElement.I64 => "I64",
        _ => "U8",
    };

    public static TensorElement? Element(string? name) => name switch
    {
        "F32" => TensorElement.F32,
        "BF16" => TensorElement.BF16,
        "I64" => TensorElement.I64,
        "U8" => TensorElement.U8,
        _ => null,
    };

    /// <summary>Bytes of a tensor of this shape, or null where they overflow or a dimension is negative.</summary>
    public static long? Bytes(TensorElement element, IReadOnlyList<long> shape)
    {
        UInt128 bytes = (UInt128)Size(element);
        foreach (long dimension in shape)
        {
            if (dimension < 0) return null;
            bytes *= (UInt128)dimension;
            if (bytes > long.MaxValue) return null;
        }
        return (long)bytes;
    }
}
