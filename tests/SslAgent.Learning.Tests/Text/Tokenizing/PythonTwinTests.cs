using System.Diagnostics;
using System.Text;
using System.Text.Json;
using SslAgent.Learning.Text.Tokenizing;

namespace SslAgent.Learning.Tests.Text.Tokenizing;

/// <summary>An independent implementation of the file's description gives the same numbers (tokenizer_twin.py).</summary>
public sealed class PythonTwinTests
{
    [Fact]
    public void Python_reads_the_file_and_gives_the_same_numbers()
    {
        BpeTokenizer tokenizer = BpeTrainerTests.Train(LogText.Real, 900);
        var random = new Random(841);
        string[] texts =
        [
            .. LogText.Real.Select(Encoding.UTF8.GetString), .. LogText.Odd,
            .. Enumerable.Range(0, 300).Select(_ => LogText.Random(random, 40)),
        ];
        string file = Path.Combine(Directory.CreateTempSubdirectory("tokenizer").FullName, "tokenizer.json");
        File.WriteAllBytes(file, tokenizer.ToJson());
        string[] answers = RunTwin(file, texts);
        Assert.Equal(texts.Length, answers.Length);
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(BpeTrainerTests.Encode(tokenizer, texts[i]), JsonSerializer.Deserialize<int[]>(answers[i]));
        }

        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private static string[] RunTwin(string file, string[] texts)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [LogText.PathOf("tokenizer_twin.py"), file])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process python = Process.Start(start)!;
        Task<string> answers = python.StandardOutput.ReadToEndAsync(), complaints = python.StandardError.ReadToEndAsync();
        foreach (string text in texts) python.StandardInput.WriteLine(JsonSerializer.Serialize(text));
        python.StandardInput.Close();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, complaints.Result);
        return answers.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
