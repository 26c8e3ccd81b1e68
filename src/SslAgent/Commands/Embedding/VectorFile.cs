using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SslAgent.Commands.Embedding;

/// <summary>
/// Where vectors go: <c>.jsonl</c>, one object a line with name, version and vector; or <c>.npy</c>, a float32 matrix for numpy.load, with the names of
/// its rows in <c>FILE.txt</c>. Written beside under a temporary name and renamed by <see cref="Finish"/>, so the file is whole or not there.
/// </summary>
internal abstract class VectorFile(string path) : IDisposable
{
    public const string JsonLines = ".jsonl", Numpy = ".npy";

    private readonly FileStream _stream = new(Temporary(path), FileMode.Create, FileAccess.Write);

    protected FileStream Stream => _stream;

    public long Rows { get; private set; }

    public static VectorFile Create(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        JsonLines => new JsonLinesFile(path),
        Numpy => new NumpyFile(path),
        _ => throw new CommandException(ExitCode.Usage, $"--out {path}: the name must end in {JsonLines} or {Numpy}"),
    };

    public void Write(IReadOnlyList<EmbedItem> items, EmbeddedBatch batch)
    {
        for (int i = 0; i < items.Count; i++) WriteRow(items[i].Name, batch.Version.ToString(), batch.Vectors[i]);
        Rows += items.Count;
    }

    /// <summary>Gives the file its name.</summary>
    public void Finish()
    {
        Complete();
        _stream.Dispose();
        File.Move(Temporary(path), path, overwrite: true);
    }

    public virtual void Dispose()
    {
        _stream.Dispose();
        File.Delete(Temporary(path));
    }

    protected abstract void WriteRow(string name, string version, float[] vector);

    protected abstract void Complete();

    protected static string Temporary(string path) => path + ".partial";

    private sealed class JsonLinesFile(string path) : VectorFile(path)
    {
        protected override void WriteRow(string name, string version, float[] vector)
        {
            using (Utf8JsonWriter json = new(Stream))
            {
                json.WriteStartObject();
                json.WriteString("input", name);
                json.WriteString("version", version);
                json.WriteStartArray("embedding");
                foreach (float number in vector) json.WriteNumberValue(number);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            Stream.WriteByte((byte)'\n');
        }

        protected override void Complete()
        {
        }
    }

    /// <summary>
    /// Format 1.0 of numpy.lib.format: magic, version, length of the header, a Python dictionary padded with blanks, the numbers.
    /// </summary>
    private sealed class NumpyFile : VectorFile
    {
        private const int HeaderBytes = 128;

        private readonly string _namesPath;
        private readonly StreamWriter _names;
        private int _width;

        public NumpyFile(string path)
            : base(path)
        {
            _namesPath = path + ".txt";
            _names = new StreamWriter(Temporary(_namesPath), append: false, new UTF8Encoding(false));
            Stream.Write(new byte[HeaderBytes]);
        }

        public override void Dispose()
        {
            base.Dispose();
            _names.Dispose();
            File.Delete(Temporary(_namesPath));
        }

        protected override void WriteRow(string name, string version, float[] vector)
        {
            _width = vector.Length;
            Span<byte> bytes = new byte[vector.Length * sizeof(float)];
            for (int i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes[(i * sizeof(float))..], vector[i]);
            Stream.Write(bytes);
            _names.WriteLine(name);
        }

        protected override void Complete()
        {
            string dictionary = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({Rows}, {_width}), }}");
            Stream.Position = 0;
            Stream.Write([0x93, .. "NUMPY"u8, 1, 0, HeaderBytes - 10, 0, .. Encoding.ASCII.GetBytes(dictionary.PadRight(HeaderBytes - 11) + "\n")]);
            _names.Dispose();
            File.Move(Temporary(_namesPath), _namesPath, overwrite: true);
        }
    }
}
