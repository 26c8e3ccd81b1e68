using SslAgent.Ingest.Producing;

namespace SslAgent.Ingest.Datasets;

/// <summary>
/// A list of pictures: one a line, as <c>file</c>, as <c>file TAB words</c>, or as a JSON object with <c>file</c>, <c>label</c>, <c>caption</c>, <c>source</c> and <c>ts</c>. Words behind a tab are caption to whoever learns and label to whoever measures. Paths are relative to the list.
/// </summary>
public sealed class PictureList : IPictureSet
{
    private readonly string _path;
    private readonly List<ListLine> _entries = [];

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

    public IEnumerable<Picture> Read() => _entries.Select((entry, i) => new Picture($"{i + 1} {entry.File}", File.ReadAllBytes(Full(entry.File)), entry.Label) { Caption = entry.Caption, Source = entry.Source, TimeMs = entry.TimeMs });

    private string Full(string file) => Path.Combine(Path.GetDirectoryName(_path) ?? ".", file);

    private ListLine Parse(string line, int number)
    {
        ListLine parsed = ListLine.Parse(_path, number, line);
        return File.Exists(Full(parsed.File)) ? parsed : throw new FormatException($"{_path}, line {number}: {parsed.File} is not there");
    }
}
