using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SslAgent.Serving.Embeddings;

/// <summary>A vector as the client wants it: a JSON array of numbers, or base64 of its little-endian float32.</summary>
internal readonly record struct EmbeddingVector(float[] Values, bool AsBase64);

/// <summary>Writes vectors; clients read them, this program never does.</summary>
internal sealed class EmbeddingVectorConverter : JsonConverter<EmbeddingVector>
{
    public override EmbeddingVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("vectors are only written");

    public override void Write(Utf8JsonWriter writer, EmbeddingVector value, JsonSerializerOptions options)
    {
        if (value.AsBase64)
        {
            writer.WriteBase64StringValue(LittleEndian(value.Values));
            return;
        }

        writer.WriteStartArray();
        foreach (float number in value.Values) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static byte[] LittleEndian(float[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return bytes;
    }
}
