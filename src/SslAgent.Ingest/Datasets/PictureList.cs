using System.Text.Json;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// A list of pictures: one a line, as <c>file</c>, as <c>file TAB words</c>, or as a JSON object with <c>file</c> and <c>label</c> or <c>caption</c>. Paths are relative to the list.
/// </summary>
public sealed class PictureList : IPictureSet
{
    private readonly string _path;
    private readonly List<(string File, string? Words)> _entries = [];

    /// <summary>Throws <see cref="FormatException"/> with the line at fault.</summary>
    public PictureList(string path)
    {
        _path = Path.GetFullPath(path);
        int number = 0;
        foreach (string line in File.ReadLines(_path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line)) _entries.Add(Parse(line, number));
        }

        if (_entries.Count == 0) throw new FormatException($"{path} names no picture: one a line is expected, 'file' or 'file TAB words'");
    }

    public string Name => Path.GetFileNameWithoutExtension(_path);

    public string Signature => FileSignature.Of([_path, .. _entries.Select(entry => Full(entry.File))]);

    public IEnumerable<Picture> Read() => _entries.Select((entry, i) => new Picture($"{i + 1} {entry.File}", File.ReadAllBytes(Full(entry.File)), entry.Words));

    private string Full(string file) => Path.Combine(Path.GetDirectoryName(_path) ?? ".", file);

    private (string File, string? Words) Parse(string line, int number)
    {
        (string file, string? words) = line.StartsWith('{') ? ParseJson(line, number) : Split(line);
        if (!File.Exists(Full(file))) throw new FormatException($"{_path}, line {number}: {file} is not there");
        return (file, words);
    }

    private static (string File, string? Words) Split(string line)
    {
        string[] parts = line.Split('\t', 2);
        return (parts[0], parts.Length > 1 ? parts[1] : null);
    }

    private (string File, string? Words) ParseJson(string line, int number)
    {
        try
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            string? Field(string name) => entry.RootElement.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
            return (Field("file") ?? throw new FormatException($"{_path}, line {number}: no 'file'"), Field("label") ?? Field("caption"));
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new FormatException($"{_path}, line {number}: {wrong.Message}", wrong);
        }
    }
}
