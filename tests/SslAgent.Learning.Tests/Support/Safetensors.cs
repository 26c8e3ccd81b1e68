using System.Buffers.Binary;
using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Learning.Tests.Support;

/// <summary>Just enough of the safetensors format for fixtures: u64 header length, JSON header, raw little-endian data.</summary>
internal static class Safetensors
{
    public static IReadOnlyDictionary<string, TensorBytes> Read(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(content);
        using JsonDocument document = JsonDocument.Parse(content.AsMemory(8, header));
        return document.RootElement.EnumerateObject().ToDictionary(entry => entry.Name, entry => ReadOne(entry, content.AsMemory(8 + header)));
    }

    public static void Write(string path, IReadOnlyList<TensorBytes> tensors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            long end = 0;
            json.WriteStartObject();
            foreach (TensorBytes tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Element.ToString());
                json.WriteStartArray("shape");
                foreach (long side in tensor.Shape) json.WriteNumberValue(side);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(end);
                json.WriteNumberValue(end += tensor.Data.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        using FileStream file = File.Create(path);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)buffer.Length);
        file.Write(length);
        file.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
        foreach (TensorBytes tensor in tensors) file.Write(tensor.Data.Span);
    }

    private static TensorBytes ReadOne(JsonProperty entry, ReadOnlyMemory<byte> data)
    {
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(side => side.GetInt64())];
        int[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
        var element = Enum.Parse<TensorElement>(entry.Value.GetProperty("dtype").GetString()!);
        return new TensorBytes(entry.Name, element, shape, data[offsets[0]..offsets[1]]);
    }
}
