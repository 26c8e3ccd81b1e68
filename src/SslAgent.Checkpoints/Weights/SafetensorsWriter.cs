using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>
/// Writes tensors as safetensors: by element size, widest first, then by name, so that every element lies aligned and the same tensors give
/// the same bytes. Nothing is copied: each tensor's memory goes to the stream as it is.
/// </summary>
internal static class SafetensorsWriter
{
    public static void Write(Stream stream, IEnumerable<TensorBytes> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        TensorBytes[] ordered =
        [
            .. tensors.OrderByDescending(tensor => SafetensorsFormat.Size(tensor.Element))
                .ThenBy(tensor => tensor.Name, StringComparer.Ordinal),
        ];
        byte[] header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[SafetensorsFormat.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (TensorBytes tensor in ordered) stream.Write(tensor.Data.Span);
    }

    private static byte[] Header(TensorBytes[] ordered, IReadOnlyDictionary<string, string> metadata)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafetensorsFormat.MetadataKey);
            foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
            json.WriteEndObject();
            WriteEntries(json, ordered);
            json.WriteEndObject();
        }
        int padding = -(SafetensorsFormat.LengthBytes + buffer.WrittenCount) & (SafetensorsFormat.Alignment - 1);
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        Check.That(buffer.WrittenCount <= SafetensorsFormat.HeaderBytesMax, "a model has fewer tensors than a header can name");
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteEntries(Utf8JsonWriter json, TensorBytes[] ordered)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        long begin = 0;
        foreach (TensorBytes tensor in ordered)
        {
            bool isNew = tensor.Name != SafetensorsFormat.MetadataKey && names.Add(tensor.Name);
            Check.That(isNew, $"tensor names are unique, {tensor.Name} is not");
            long? bytes = SafetensorsFormat.Bytes(tensor.Element, tensor.Shape);
            Check.That(bytes == tensor.Data.Length, $"{tensor.Name} has the bytes of its shape");
            json.WriteStartObject(tensor.Name);
            json.WriteString(SafetensorsFormat.TypeKey, SafetensorsFormat.Name(tensor.Element));
            json.WriteStartArray(SafetensorsFormat.ShapeKey);
            foreach (long dimension in tensor.Shape) json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteStartArray(SafetensorsFormat.OffsetsKey);
            json.WriteNumberValue(begin);
            json.WriteNumberValue(begin + tensor.Data.Length);
            json.WriteEndArray();
            json.WriteEndObject();
            begin += tensor.Data.Length;
        }
    }
}
