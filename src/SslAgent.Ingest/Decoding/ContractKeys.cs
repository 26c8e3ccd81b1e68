namespace SslAgent.Ingest.Decoding;

/// <summary>The keys of the MessagePack contract, docs/formats/wire.md. Bits, so that a set of them says which were seen.</summary>
[Flags]
internal enum ContractKey
{
    Unknown = 0,
    V = 1,
    Id = 2,
    Source = 4,
    Ts = 8,
    Kind = 16,
    Data = 32,
    Text = 64,
    Format = 128,
    Width = 256,
    Height = 512,
    Caption = 1_024,
    Pair = 2_048,
}

internal static class ContractKeys
{
    public const long Version = 1;

    public static ContractKey Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        1 => name[0] == 'v' ? ContractKey.V : ContractKey.Unknown,
        2 => name.SequenceEqual("id"u8) ? ContractKey.Id : name.SequenceEqual("ts"u8) ? ContractKey.Ts : ContractKey.Unknown,
        4 => OfFour(name),
        5 => name.SequenceEqual("width"u8) ? ContractKey.Width : ContractKey.Unknown,
        6 => name.SequenceEqual("source"u8) ? ContractKey.Source
            : name.SequenceEqual("format"u8) ? ContractKey.Format
            : name.SequenceEqual("height"u8) ? ContractKey.Height : ContractKey.Unknown,
        7 => name.SequenceEqual("caption"u8) ? ContractKey.Caption : ContractKey.Unknown,
        _ => ContractKey.Unknown,
    };

    private static ContractKey OfFour(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("kind"u8) ? ContractKey.Kind
        : name.SequenceEqual("data"u8) ? ContractKey.Data
        : name.SequenceEqual("text"u8) ? ContractKey.Text
        : name.SequenceEqual("pair"u8) ? ContractKey.Pair : ContractKey.Unknown;
}
