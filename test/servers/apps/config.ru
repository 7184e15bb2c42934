# For Puma: what a Rack application does, whole and broken.
require "zlib"

BIG = "0123456789abcdef" * (300_000 / 16)

# Parts, one after the other; `after` is what happens then.
class Parts
  def initialize(*parts, &after)
    @parts = parts
    @after = after
  end

  def each
    @parts.each do |part|
      yield part
      sleep 0.02
    end
    @after&.call
  end
end

run(lambda do |env|
  ok = ->(fields = {}, body = ["ok"]) { [200, fields, body] }
  case env["PATH_INFO"]
  when "/ok" then ok.({ "Content-Length" => "2" })
  when "/stream" then ok.({}, Parts.new("one", "two", "three"))
  when "/gzip"
    packed = Zlib.gzip("hello " * 2_000)
    ok.({ "Content-Encoding" => "gzip", "Content-Length" => packed.bytesize.to_s }, [packed])
  when "/big" then ok.({ "Content-Length" => BIG.bytesize.to_s }, [BIG])
  when "/big-stream" then ok.({}, [BIG, BIG])
  when "/empty" then [204, {}, []]
  when "/not-modified" then [304, { "ETag" => '"1"' }, []]
  when "/moved" then [302, { "Location" => "/ok", "Content-Length" => "0" }, []]
  when "/hints"
    env["rack.early_hints"]&.call("Link" => "</a.css>; rel=preload; as=style")
    ok.({ "Content-Length" => "2" })
  when "/cookies" then ok.({ "Set-Cookie" => Array.new(20) { |nth| "c#{nth}=#{"a" * 150}; Path=/" }.join("\n"), "Content-Length" => "2" })
  when "/close" then ok.({ "Connection" => "close", "Content-Length" => "2" })
  when "/slow"
    sleep 0.3
    ok.()
  when "/999" then [999, {}, ["no"]]
  # what breaks
  when "/throw" then raise "before headers"
  when "/throw-in-stream" then ok.({}, Parts.new("part") { raise "after" })
  when "/throw-in-length" then ok.({ "Content-Length" => "100" }, Parts.new("part") { raise "after" })
  when "/long" then ok.({ "Content-Length" => "100" }, ["short"])
  when "/kill" then Process.kill(:KILL, Process.pid)
  when "/kill-in-stream" then ok.({}, Parts.new("part") { Process.kill(:KILL, Process.pid) })
  when "/140-kb" then ok.((0...35).to_h { |nth| ["X-F#{nth}", "a" * 4_000] })
  when "/300-fields" then ok.((0...300).to_h { |nth| ["X-F#{nth}", "aaaa"] })
  when "/hang"
    sleep 4
    ok.()
  when "/stall" then ok.({}, Parts.new("part") { sleep 4 })
  when "/502" then [502, {}, ["bad gateway"]]
  else [404, {}, ["not here"]]
  end
end)
