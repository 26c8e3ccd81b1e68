using System.Buffers;
using System.Buffers.Binary;
using SslAgent.Domain;

namespace SslAgent.Checkpoints;

/// <summary>
/// Reads safetensors strictly, front to back, into memory of its own. Trusts nothing: lengths are checked before anything of that size
/// is allocated, and the header must describe the file exactly.
/// </summary>
internal static class SafetensorsReader
{
    /// <summary>
    /// Reads every tensor. The caller disposes what is added to <paramref name="owned"/>, also after a failure. Throws
    /// <see cref="FormatException"/> saying why where the bytes are not consistent.
    /// </summary>
    /// <param name="stream">The file from its beginning.</param>
    /// <param name="bytes">The file's length, from whoever opened it.</param>
    public static Dictionary<string, TensorBytes> Read(Stream stream, long bytes, ICollection<IDisposable> owned)
    {
        SafetensorsHeader header = ReadHeader(stream, bytes);
        Dictionary<string, TensorBytes> tensors = new(header.Entries.Count, StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in header.Entries)
        {
            NativeBytes memory = new((int)(entry.End - entry.Begin));
            owned.Add(memory);
            ReadExactly(stream, memory.GetSpan(), entry.Name);
            tensors.Add(entry.Name, new TensorBytes(entry.Name, entry.Element, entry.Shape, memory.Memory));
        }
        return tensors;
    }

    public static SafetensorsHeader ReadHeader(Stream stream, long bytes)
    {
        if (bytes < SafetensorsFormat.LengthBytes) throw new FormatException($"{bytes} bytes are too few for a safetensors file");
        Span<byte> prefix = stackalloc byte[SafetensorsFormat.LengthBytes];
        ReadExactly(stream, prefix, "the header's length");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsFormat.HeaderBytesMax || (long)length > bytes - SafetensorsFormat.LengthBytes)
            throw new FormatException($"the header claims {length} bytes of a file of {bytes}");
        byte[] json = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            Span<byte> header = json.AsSpan(0, (int)length);
            ReadExactly(stream, header, "the header");
            return SafetensorsHeader.Parse(header, bytes - SafetensorsFormat.LengthBytes - (long)length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(json);
        }
    }

    private static void ReadExactly(Stream stream, Span<byte> into, string what)
    {
        int read = stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
        if (read < into.Length) throw new FormatException($"the file ends within {what}");
    }
}
