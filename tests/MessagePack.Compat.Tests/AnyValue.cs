namespace MessagePack.Compat.Tests;

/// <summary>
/// Reads and writes values of any type, as a contract that knows nothing in advance would: maps and arrays through their headers with a
/// depth step each, everything else by its type.
/// </summary>
internal static class AnyValue
{
    private static readonly MessagePackSecurity Security = MessagePackSecurity.UntrustedData;

    /// <summary>Reads one value to its end.</summary>
    /// <returns>The leaves met.</returns>
    public static int Read(ref MessagePackReader reader)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Map:
                return ReadInside(ref reader, 2 * reader.ReadMapHeader());
            case MessagePackType.Array:
                return ReadInside(ref reader, reader.ReadArrayHeader());
            case MessagePackType.Integer when reader.NextCode == MessagePackCode.UInt64:
                reader.ReadUInt64();
                return 1;
            case MessagePackType.Integer:
                reader.ReadInt64();
                return 1;
            case MessagePackType.Float:
                reader.ReadDouble();
                return 1;
            case MessagePackType.Boolean:
                reader.ReadBoolean();
                return 1;
            case MessagePackType.String:
                reader.ReadString();
                return 1;
            case MessagePackType.Binary:
                reader.ReadBytes();
                return 1;
            case MessagePackType.Extension:
                ReadExtension(ref reader);
                return 1;
            default:
                reader.ReadNil();
                return 1;
        }
    }

    /// <summary>A message with every format in it, nested, with counts and lengths of each width.</summary>
    public static byte[] Example() => Bytes.Write((ref MessagePackWriter writer) =>
    {
        writer.WriteMapHeader(6);
        writer.Write("v");
        writer.Write(1);
        writer.Write("numbers");
        WriteNumbers(ref writer);
        writer.Write("flags");
        writer.WriteArrayHeader(3);
        writer.Write(true);
        writer.Write(false);
        writer.WriteNil();
        writer.Write("texts");
        writer.WriteArrayHeader(3);
        writer.Write("größer");
        writer.Write(new string('a', 40));
        writer.Write(new string('b', 300));
        writer.Write("bytes");
        writer.WriteArrayHeader(2);
        writer.Write(new byte[] { 1, 2, 3 });
        writer.Write(new byte[300]);
        writer.Write("extensions");
        writer.WriteArrayHeader(20);
        for (int i = 0; i < 18; i++) writer.WriteExtensionFormat(new ExtensionResult(5, new byte[i]));
        writer.Write(new DateTime(2026, 11, 21, 1, 2, 3, DateTimeKind.Utc));
        writer.Write(new DateTime(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    });

    private static void WriteNumbers(ref MessagePackWriter writer)
    {
        long[] numbers =
        [
            0, 127, 128, 255, 256, 65535, 65536, uint.MaxValue, 1L << 40,
            -1, -32, -33, -128, -129, -32768, -32769, int.MinValue, long.MinValue,
        ];
        writer.WriteArrayHeader(numbers.Length + 3);
        foreach (long number in numbers) writer.Write(number);
        writer.Write(ulong.MaxValue);
        writer.Write(1.5f);
        writer.Write(Math.PI);
    }

    private static int ReadInside(ref MessagePackReader reader, int count)
    {
        Security.DepthStep(ref reader);
        int leaves = 0;
        for (int i = 0; i < count; i++) leaves += Read(ref reader);
        reader.Depth--;
        return leaves;
    }

    private static void ReadExtension(ref MessagePackReader reader)
    {
        ExtensionHeader header = reader.ReadExtensionFormatHeader();
        if (header.TypeCode == ReservedMessagePackExtensionTypeCode.DateTime) reader.ReadDateTime(header);
        else reader.ReadRaw(header.Length);
    }
}
