using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SslAgent.Configuration;

/// <summary>
/// Writes resolved settings as a configuration file: every option, secrets masked, and behind what is not a default where it came from.
/// What it writes can be read back (but for the secrets).
/// </summary>
internal sealed class SettingsPrinter(LayeredValues values, bool withOrigins)
{
    private readonly StringBuilder _text = new();

    public string Print(AgentSettings settings)
    {
        _text.Clear();
        WriteSection(Redaction.Redacted(settings), "", 0);
        _text.AppendLine();
        return _text.ToString();
    }

    private void WriteSection(object section, string path, int depth)
    {
        _text.AppendLine("{");
        IReadOnlyList<OptionShape> shapes = OptionShape.Of(section.GetType());
        for (int i = 0; i < shapes.Count; i++)
        {
            OptionShape shape = shapes[i];
            string at = Keys.Join(path, shape.Key);
            Indent(depth + 1).Append(Quote(shape.Key)).Append(": ");
            WriteOption(shape, shape.Property.GetValue(section), at, depth + 1);
            if (i < shapes.Count - 1) _text.Append(',');
            WriteOrigin(shape, at);
            _text.AppendLine();
        }

        Indent(depth).Append('}');
    }

    private void WriteOption(OptionShape shape, object? value, string path, int depth)
    {
        if (value is null) _text.Append("null");
        else if (shape.Kind == OptionKind.Section) WriteSection(value, path, depth);
        else if (shape.Kind == OptionKind.Dictionary) WriteDictionary((IDictionary)value, path);
        else if (shape.Kind == OptionKind.SectionList) WriteSections((IEnumerable)value, path, depth);
        else if (shape.Kind == OptionKind.List) _text.Append('[').AppendJoin(", ", ((IEnumerable)value).Cast<object>().Select(Scalar)).Append(']');
        else _text.Append(Redaction.IsSecret(path) ? Quote(Redaction.Mask) : Scalar(value));
    }

    private void WriteDictionary(IDictionary entries, string path)
    {
        IEnumerable<string> pairs = entries.Keys.Cast<string>().Order(StringComparer.Ordinal)
            .Select(key => $"{Quote(key)}: {(Redaction.IsSecret(Keys.Join(path, key)) ? Quote(Redaction.Mask) : Scalar(entries[key]!))}");
        _text.Append(entries.Count == 0 ? "{}" : $"{{ {string.Join(", ", pairs)} }}");
    }

    private void WriteSections(IEnumerable items, string path, int depth)
    {
        _text.Append('[');
        int index = 0;
        foreach (object item in items)
        {
            if (index > 0) _text.Append(", ");
            WriteSection(item, Keys.Join(path, OptionText.Of(index++)!), depth);
        }

        _text.Append(']');
    }

    private void WriteOrigin(OptionShape shape, string path)
    {
        LayerEntry? entry = shape.Kind == OptionKind.Section ? null : values.Value(path) ?? values.Children(path).Values.FirstOrDefault();
        if (withOrigins && entry is not null) _text.Append(" // ").Append(entry.Origin);
    }

    private static string Scalar(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        double or float or int or long or ulong => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        _ => Quote(OptionText.Of(value)!),
    };

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private StringBuilder Indent(int depth) => _text.Append(' ', depth * 2);
}
