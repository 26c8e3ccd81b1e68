using System.Text.Json;

namespace SslAgent.Continual.Runs;

/// <summary>Finished runs, one file each. Several processes may write to one folder: each run is one process's.</summary>
internal sealed class RunStore(string folder)
{
    public string Folder => folder;

    public void Save(RunRecord record)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, record.Key.FileName), temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(record, RunJson.Default.RunRecord));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Null where it was not run, or by another release that wrote it differently.</summary>
    public RunRecord? Find(RunKey key)
    {
        string path = Path.Combine(folder, key.FileName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RunJson.Default.RunRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
