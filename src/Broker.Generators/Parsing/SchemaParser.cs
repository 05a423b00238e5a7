using System.Globalization;
using Broker.Generators.Model;

namespace Broker.Generators.Parsing;

/// <summary>
/// Reads one schema file. The form: lines <c>api NAME KEY</c>, <c>versions A-B</c>, optionally <c>served C-D</c>,
/// <c>flexible N+</c> (or <c>none</c>), then <c>request</c> and <c>response</c>, each followed by its fields,
/// indented; the fields of a struct stand below the field that first names it, one step further in. Or the line
/// <c>record NAME</c> instead of the first, and <c>fields</c> instead of the last two. See Schemas/README.md of
/// Broker.Protocol.
/// </summary>
public sealed class SchemaParser
{
    public const string BadLine = "KAFKA001";
    public const string Contradiction = "KAFKA002";

    private readonly string _path;
    private readonly List<SchemaLine> _lines;
    private readonly List<SchemaProblem> _problems = [];
    private int _next;
    private int _lookedAt;

    private SchemaParser(string path, string text)
    {
        _path = path;
        _lines = [.. text.Split('\n').Select((line, number) => SchemaLine.Read(number, line))];
    }

    public static ParsedSchema Parse(string path, string text)
    {
        var parser = new SchemaParser(path, text);
        string? comment = parser._lines.FirstOrDefault(line => line.Comment is not null)?.Comment;
        parser._lines.RemoveAll(line => line.Words.Length == 0);
        bool isRecord = parser._lines.FirstOrDefault()?.Words[0] == "record";
        RecordSchema? record = isRecord ? parser.ParseRecord(comment) : null;
        ApiSchema? schema = isRecord ? null : parser.ParseApi(comment);
        bool sound = parser._problems.Count == 0;
        return new ParsedSchema(path, sound ? schema : null, new EquatableArray<SchemaProblem>(parser._problems))
        {
            Record = sound ? record : null,
        };
    }

    private RecordSchema? ParseRecord(string? comment)
    {
        if (!TryTake("record", 2, out string[] record) || !FieldParser.IsTypeName(record[1]))
        {
            Fail("expected 'record NAME'");
            return null;
        }

        if (ParseLimits() is not { } limits || ParseMessage("fields", record[1], limits) is not { } message)
            return null;
        ExpectEnd("nothing may follow the record's fields");
        return new RecordSchema(limits, comment, message);
    }

    private ApiSchema? ParseApi(string? comment)
    {
        if (!TryTake("api", 3, out string[] api) || !short.TryParse(
            api[2], NumberStyles.None, CultureInfo.InvariantCulture, out short key) || !FieldParser.IsTypeName(api[1]))
        {
            Fail("expected 'api NAME KEY'");
            return null;
        }

        if (ParseLimits() is not { } limits)
            return null;
        MessageSchema? request = ParseMessage("request", api[1] + "Request", limits);
        MessageSchema? response = ParseMessage("response", api[1] + "Response", limits);
        if (request is null || response is null)
            return null;
        ExpectEnd("nothing may follow the response's fields");
        return new ApiSchema(api[1], key, limits, comment, request, response);
    }

    private ApiLimits? ParseLimits()
    {
        if (!TryTake("versions", 2, out string[] words) || !VersionRange.TryParse(words[1], out VersionRange versions)
            || versions.Last == VersionRange.Open)
        {
            return Fail("expected 'versions A-B'");
        }

        VersionRange served = versions;
        if (TryTake("served", 2, out words)
            && (!VersionRange.TryParse(words[1], out served) || (served = served.Within(versions)).IsEmpty))
        {
            return Fail("expected 'served A-B' with versions of this API");
        }

        if (!TryTake("flexible", 2, out words) || !TryParseFlexible(words[1], out short flexible))
            return Fail("expected 'flexible N+' or 'flexible none'");
        return new ApiLimits(versions, served, flexible);
    }

    private MessageSchema? ParseMessage(string keyword, string name, ApiLimits limits)
    {
        if (!TryTake(keyword, 1, out _))
        {
            Fail($"expected '{keyword}'");
            return null;
        }

        var parts = new List<StructSchema>();
        StructSchema root = ParseStruct(name, limits, limits.Versions, 0, parts);
        return new MessageSchema(root, new EquatableArray<StructSchema>(parts));
    }

    private StructSchema ParseStruct(
        string name, ApiLimits limits, VersionRange versions, int parentIndent, List<StructSchema> parts)
    {
        var fields = new List<FieldSchema>();
        int indent = _next < _lines.Count ? _lines[_next].Indent : 0;
        while (_next < _lines.Count && _lines[_next].Indent > parentIndent)
        {
            SchemaLine line = _lines[_next++];
            if (line.Indent != indent)
                Report(BadLine, "the indentation matches no field above", line.Number);
            FieldSchema? field = FieldParser.Parse(line, out string problem);
            if (field is null)
            {
                Report(BadLine, problem, line.Number);
                continue;
            }

            field = Confine(field, versions);
            foreach (string contradiction in FieldRules.Check(field, limits, versions, fields))
                Report(Contradiction, contradiction, line.Number);
            fields.Add(field);
            if (field.Type.Kind == FieldKind.Struct)
                ParsePart(field, line, limits, parts);
        }

        int size = MinimumSize.Of(fields, versions, limits.FirstFlexible, parts);
        return new StructSchema(name, new EquatableArray<FieldSchema>(fields), versions, size);
    }

    private void ParsePart(FieldSchema field, SchemaLine line, ApiLimits limits, List<StructSchema> parts)
    {
        string name = field.Type.StructName!;
        if (parts.Any(part => part.Name == name))
            Report(Contradiction, $"the struct '{name}' is defined twice", line.Number);
        int place = parts.Count;
        StructSchema part = ParseStruct(name, limits, field.Versions, line.Indent, parts);
        if (part.Fields.Count == 0)
            Report(Contradiction, $"'{name}' is neither a known type nor followed by fields of its own", line.Number);
        parts.Insert(place, part);
    }

    private static FieldSchema Confine(FieldSchema field, VersionRange versions)
    {
        VersionRange present = field.Versions.Within(versions);
        VersionRange? nullable = field.Type.Nullable?.Within(present);
        return field with { Versions = present, Type = field.Type with { Nullable = nullable } };
    }

    private static bool TryParseFlexible(string text, out short first)
    {
        first = VersionRange.Open;
        if (text == "none")
            return true;
        bool parsed = VersionRange.TryParse(text, out VersionRange range) && range.Last == VersionRange.Open;
        first = range.First;
        return parsed;
    }

    private bool TryTake(string keyword, int length, out string[] words)
    {
        words = _next < _lines.Count ? _lines[_next].Words : [];
        _lookedAt = Math.Min(_next, _lines.Count - 1);
        bool found = words.Length == length && words[0] == keyword && _lines[_next].Indent == 0;
        if (found)
            _next++;
        return found;
    }

    private void ExpectEnd(string message)
    {
        if (_next == _lines.Count)
            return;
        _lookedAt = _next;
        Fail(message);
    }

    private ApiLimits? Fail(string message)
    {
        Report(BadLine, message, _lookedAt < 0 ? 0 : _lines[_lookedAt].Number);
        return null;
    }

    private void Report(string id, string message, int line) =>
        _problems.Add(new SchemaProblem(id, message, _path, line));
}
