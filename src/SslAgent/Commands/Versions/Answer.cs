using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SslAgent.Commands.Versions;

/// <summary>Prints a command's answer: as JSON for programs, else as the command tells people.</summary>
internal static class Answer
{
    public static void Print<T>(ParseResult parsed, Option<string> format, T value, JsonTypeInfo<T> type, Action<TextWriter> tell)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(format) == "json") output.WriteLine(JsonSerializer.Serialize(value, type));
        else tell(output);
    }
}
